"""What is written for people, by whatever room: names and messages of others that must stay text."""
