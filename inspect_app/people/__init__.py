"""Areas, organisations and powers, people, accounts, terms; yields the Scope of whoever is signed in."""
