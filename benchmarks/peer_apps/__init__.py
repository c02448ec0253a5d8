"""What the peers serve: small programs as their own documentation recommends them."""
