"""An SSH server that takes no signature of an RSA key but one with SHA-1, as those before 2016 do; by Paramiko.

Usage: past-server.py PORT HOST-KEY-FILE AUTHORIZED-KEY-BASE64 (silent | telling), on 127.0.0.1. `silent` tells nothing
of the signatures that it takes, `telling` tells the truth (RFC 8308, 3.1).
"""

import logging
import socket
import sys
import threading

import paramiko

PORT, HOST_KEY, AUTHORIZED, MANNER = sys.argv[1:5]


def copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        end.close()


class Server(paramiko.ServerInterface):
    def __init__(self):
        self.targets = {}

    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        right = key.get_base64() == AUTHORIZED
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_direct_tcpip_request(self, chanid, origin, destination):
        try:
            self.targets[chanid] = socket.create_connection(destination)
        except OSError:
            return paramiko.OPEN_FAILED_CONNECT_FAILED
        return paramiko.OPEN_SUCCEEDED


def serve(client):
    better = ["rsa-sha2-512", "rsa-sha2-256"]
    transport = paramiko.Transport(
        client, disabled_algorithms={"pubkeys": better}, server_sig_algs=MANNER == "telling"
    )
    transport.add_server_key(paramiko.RSAKey(filename=HOST_KEY))
    server = Server()
    try:
        transport.start_server(server=server)
        while transport.is_active():
            channel = transport.accept(1)
            if channel is None:
                continue
            target = server.targets.pop(channel.get_id())
            for job in ((channel, target), (target, channel)):
                threading.Thread(target=copy, args=job, daemon=True).start()
    except (paramiko.SSHException, EOFError):
        pass
    transport.close()


def main():
    logging.basicConfig(stream=sys.stdout, level=logging.DEBUG)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(PORT)))
    listener.listen()
    print("listening", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


main()
