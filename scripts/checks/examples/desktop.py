"""Plain connections of desktop systems, passed on to the server."""


def forward(port):
    """Lets plain connections to a local port reach the server, whose certificate is checked."""
    import select
    import socket
    import ssl
    import threading

    context = ssl.create_default_context()

    def pass_on(near):
        """Both ways on one thread: a TLS connection must not be read and written at once."""
        far = context.wrap_socket(
            socket.create_connection(("opescare.test", 443)), server_hostname="opescare.test")
        with near, far:
            while True:
                if not far.pending():
                    select.select([near, far], [], [])
                try:
                    far.setblocking(False)
                    if not (data := far.recv(65536)):
                        return
                    near.sendall(data)
                except ssl.SSLWantReadError:
                    pass  # Nothing to pass on yet, or a record of TLS's own.
                far.setblocking(True)
                if select.select([near], [], [], 0)[0]:
                    if not (data := near.recv(65536)):
                        return
                    far.sendall(data)

    def serve(listener):
        while True:
            near, _ = listener.accept()
            threading.Thread(target=pass_on, args=[near], daemon=True).start()

    listener = socket.create_server(("127.0.0.1", port))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
