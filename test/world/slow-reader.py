"""A mail program that stops reading in the middle, and says how its connection ended once it reads on.

Not of Node: there a reset that comes behind unread bytes may be told as an end.
Arguments: the port of 127.0.0.1, what to send after the greeting (hexadecimal). Reads on at a line on standard input.
"""

import socket
import sys

mail = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
greeting = b""
while not greeting.endswith(b"\r\n"):
    greeting += mail.recv(1)
mail.sendall(bytes.fromhex(sys.argv[2]))
total = len(mail.recv(1000))
print("stopped reading", flush=True)
sys.stdin.readline()
try:
    while part := mail.recv(65536):
        total += len(part)
    print("ended", total, flush=True)
except ConnectionResetError:
    print("reset", total, flush=True)
