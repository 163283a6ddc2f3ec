-- A2: a loop of goto.
-- want: limit.deadline
::again::
goto again
