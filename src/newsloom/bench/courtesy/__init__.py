"""The courtesy server: hostile and fragile hosts on loopback that grade the fetcher."""
