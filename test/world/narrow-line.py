"""A line that takes little at a time: bytes towards the target go at a given rate, and hardly any wait in the kernel.

Usage: narrow-line.py PORT TARGET-PORT BYTES-PER-SECOND, all on 127.0.0.1. SIGUSR1 takes the limit away.
Node cannot set the two socket options that matter: a small receive buffer, and a small segment size, by which the
sender's kernel measures its own buffer.
"""

import signal
import socket
import sys
import threading

PORT, TARGET, RATE = (int(argument) for argument in sys.argv[1:4])
PIECE = 1024
unlimited = threading.Event()


def copy(source, sink, rate):
    """Passes on what comes, then the end; a broken line breaks the other side."""
    try:
        while data := source.recv(PIECE if rate else 65536):
            sink.sendall(data)
            if rate:
                unlimited.wait(len(data) / rate)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        sink.close()


def serve(client):
    try:
        target = socket.create_connection(("127.0.0.1", TARGET))
    except OSError:
        client.close()
        return
    for end in (client, target):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for job in ((client, target, RATE), (target, client, 0)):
        threading.Thread(target=copy, args=job, daemon=True).start()


def main():
    signal.signal(signal.SIGUSR1, lambda *_: unlimited.set())
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
    listener.bind(("127.0.0.1", PORT))
    listener.listen()
    print("listening", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


main()
