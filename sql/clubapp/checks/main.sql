-- What must be true of clubapp's database when it came back. Add what the application knows of its own rows.
-- check: the nearest venues can be found
SELECT extensions.ST_Distance('POINT(13.4 52.5)'::extensions.geography, 'POINT(13.4 52.5)'::extensions.geography) = 0;
-- check: presence and open orders still expire
SELECT count(*) = 2 FROM expiry.rules WHERE schema_name = 'clubapp';
-- check: the jobs are there
SELECT count(*) > 0 FROM cron.job WHERE active;
