-- A5: the error that ends the script is a text of the largest size.
-- want: error
error(("e\n"):rep(30 * 2^20))
