"""A real SMTP server for tests: it keeps what it takes as files, and misbehaves as data/behaviour tells it.

Behaviour is one word, read anew for every mail: take, later (451), never (550), hang, drop (the connection, after DATA).
"""
import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, data):
        self.data = data

    def behaviour(self):
        return (self.data / "behaviour").read_text().strip()

    async def handle_RCPT(self, server, session, envelope, address, options):
        behaviour = self.behaviour()
        with open(self.data / "attempts", "a") as attempts:
            attempts.write(behaviour + "\n")
        if behaviour == "later":
            return f"451 <{address}> try again"
        if behaviour == "never":
            return f"550 <{address}> unknown"
        if behaviour == "hang":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.behaviour() == "drop":
            server.transport.abort()
            return "421 gone"
        number = len(list(self.data.glob("*.eml")))
        partial = self.data / "partial"
        head = f"X-Envelope-To: {','.join(envelope.rcpt_tos)}\r\n".encode()
        partial.write_bytes(head + envelope.original_content)
        partial.rename(self.data / f"{number:04}.eml")
        if self.behaviour() == "take-and-drop":
            server.transport.abort()
        return "250 taken"


async def main():
    port, data, tls = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3] == "tls"
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(data / "certificate.pem", data / "key.pem")
    handler = Handler(data)

    def session():
        return SMTP(handler, hostname="localhost", enable_SMTPUTF8=True, tls_context=context, require_starttls=tls)

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


asyncio.run(main())
