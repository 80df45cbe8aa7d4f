"""What a phone may write down (`shapes`), and what each kind of it does (`applying`): the same for a phone's request, for what
waited at the desk, and for a backup file."""
