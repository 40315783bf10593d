"""Runs a command on a pseudo terminal: terminal.py COLUMNS COMMAND...

Standard input goes to the terminal, what the command writes there to standard output. Ends as the command does.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

columns, command = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    # Only when the size is known; whoever starts asks for it at once.
    os.read(0, 1)
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
os.write(terminal, b"\n")
inputs = [0, terminal]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(terminal, typed)
        else:
            inputs.remove(0)
    if terminal in ready:
        try:
            written = os.read(terminal, 4096)
        except OSError:
            break
        if not written:
            break
        os.write(1, written)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
