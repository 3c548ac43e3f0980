import COpenSSL
import Glibc

/// A client that speaks TLS over a blocking `TestClient` socket.
@safe final class TestTLSClient {
    private let client: TestClient
    private let context: OpaquePointer?
    private let session: OpaquePointer?
    private(set) var isConnected = false

    /// - version: the only version offered, like TLS1_2_VERSION; 0 offers all.
    /// - protocols: ALPN wire format; empty offers none.
    init(port: UInt16, version: Int32 = 0, protocols: [UInt8] = []) {
        // OpenSSL writes without MSG_NOSIGNAL.
        signal(SIGPIPE, SIG_IGN)
        client = TestClient(port: port)
        unsafe context = SSL_CTX_new(TLS_client_method())
        for control in version == 0
            ? [] : [SSL_CTRL_SET_MIN_PROTO_VERSION, SSL_CTRL_SET_MAX_PROTO_VERSION]
        {
            _ = unsafe SSL_CTX_ctrl(context, control, Int(version), nil)
        }
        // Offering TLS 1.0 or 1.1 needs the lowest security level.
        if version != 0 { unsafe SSL_CTX_set_security_level(context, 0) }
        unsafe session = SSL_new(context)
        _ = unsafe SSL_set_fd(session, client.socket)
        if !protocols.isEmpty {
            _ = unsafe SSL_set_alpn_protos(session, protocols, UInt32(protocols.count))
        }
        ERR_clear_error()
        isConnected = unsafe SSL_connect(session) == 1
    }

    deinit {
        unsafe SSL_free(session)
        unsafe SSL_CTX_free(context)
    }

    var version: String { unsafe String(cString: SSL_get_version(session)) }

    /// The protocol the server chose by ALPN.
    var chosenProtocol: String {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        unsafe SSL_get0_alpn_selected(session, &name, &length)
        return unsafe String(
            decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
    }

    /// The subject of the server's certificate.
    var subject: String {
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return "" }
        defer { unsafe X509_free(certificate) }
        var text = [CChar](repeating: 0, count: 256)
        let name = unsafe X509_get_subject_name(certificate)
        _ = unsafe X509_NAME_oneline(name, &text, Int32(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        unsafe SSL_write(session, bytes, Int32(bytes.count)) == Int32(bytes.count)
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Reads until `count` bytes have come or the connection ends.
    func receive(_ count: Int) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while all.count < count {
            let got = unsafe SSL_read(session, &buffer, Int32(min(buffer.count, count - all.count)))
            guard got > 0 else { break }
            all += buffer[..<Int(got)]
        }
        return all
    }

    /// Whether the server ended its side with close_notify, so that nothing can be missing.
    var sawProperEnd: Bool {
        unsafe SSL_get_shutdown(session) & SSL_RECEIVED_SHUTDOWN != 0
    }
}
