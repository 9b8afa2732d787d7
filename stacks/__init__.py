"""What is deployed: settings, phases, applications, and the program that puts them together."""
