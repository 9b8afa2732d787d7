"""What moto lacks and the local cloud needs, attached to moto itself, so that plain boto3 sees it too."""
