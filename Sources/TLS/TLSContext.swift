internal import COpenSSL
internal import Glibc

/// Certificate, key and settings shared by the sessions made from it; immutable once made, and
/// counted by OpenSSL, so a session outlives a reload.
@safe package final class TLSContext: @unchecked Sendable {
    // SSL_CTX may be used from any thread once it is set up (OpenSSL's ssl(7)).
    private let pointer: OpaquePointer

    /// - Parameter protocolName: the only one that is taken of those that clients offer by ALPN.
    package init(
        _ configuration: TLSConfiguration, protocolName: StaticString
    ) throws(TLSError) {
        ERR_clear_error()
        guard let method = unsafe TLS_server_method(), let made = unsafe SSL_CTX_new(method) else {
            throw .outOfMemory
        }
        unsafe pointer = made
        unsafe Self.configure(made, protocolName)
        let certificate = configuration.certificateChainFile
        let key = configuration.keyFile
        var status = stat()
        if configuration.requiresPrivateKey, unsafe stat(key, &status) == 0,
            status.st_mode & 0o007 != 0
        {
            throw .keyReadableByOthers(file: key)
        }
        guard unsafe SSL_CTX_use_certificate_chain_file(made, certificate) == 1 else {
            throw .certificateUnreadable(file: certificate, reason: Self.reason())
        }
        // A mismatch can be reported while the key is loaded or after; ask in one place.
        let loaded = unsafe SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) == 1
        let code = Self.lastReason()
        if !loaded, code != X509_R_KEY_VALUES_MISMATCH, code != X509_R_KEY_TYPE_MISMATCH {
            throw .keyUnreadable(file: key, reason: Self.reason())
        }
        guard loaded, unsafe SSL_CTX_check_private_key(made) == 1 else {
            ERR_clear_error()
            throw .keyMismatch(certificate: certificate, key: key)
        }
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// A session on an accepted socket; `nil` when memory is short.
    package func session(on descriptor: Int32) -> TLSSession? {
        guard let session = unsafe SSL_new(pointer) else { return nil }
        guard unsafe SSL_set_fd(session, descriptor) == 1 else {
            unsafe SSL_free(session)
            return nil
        }
        unsafe SSL_set_accept_state(session)
        return unsafe TLSSession(owning: session)
    }

    /// TLS 1.2 with forward secrecy and authenticated ciphers, or 1.3; no compression, no
    /// renegotiation, idle sessions without buffers.
    private static func configure(_ context: OpaquePointer, _ protocolName: StaticString) {
        let version = unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        precondition(version == 1, "OpenSSL 3 has TLS 1.2")
        let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!MD5:!DSS"
        precondition(unsafe SSL_CTX_set_cipher_list(context, ciphers) == 1, "OpenSSL has ciphers")
        let modes =
            SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
            | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
        _ = unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(modes), nil)
        // SSL_OP_NO_COMPRESSION, SSL_OP_NO_RENEGOTIATION, SSL_OP_CIPHER_SERVER_PREFERENCE,
        // SSL_OP_IGNORE_UNEXPECTED_EOF (HTTP framing detects truncation): bits of ssl.h, whose
        // macros Swift cannot import.
        let bits: [UInt64] = [17, 30, 22, 7]
        _ = unsafe SSL_CTX_set_options(context, bits.reduce(0) { $0 | 1 << $1 })
        // Resumption is by tickets, whose state the client keeps.
        _ = unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        unsafe SSL_CTX_set_alpn_select_cb(
            context, Self.selectProtocol, UnsafeMutableRawPointer(mutating: protocolName.utf8Start))
    }

    /// Picks the protocol of the context when the client offers some; without it the handshake ends with
    /// the alert no_application_protocol (RFC 7301 §3.2).
    private static let selectProtocol: SSL_CTX_alpn_select_cb_func = {
        _, chosen, chosenLength, offered, offeredLength, wanted in
        var index = 0
        let length = Int(offeredLength)
        guard let offered = unsafe offered, let wanted = unsafe wanted else {
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }
        // A static string ends in NUL.
        let wantedCount = unsafe strlen(wanted.assumingMemoryBound(to: CChar.self))
        // Each entry is one length byte, then the name; the list was checked by OpenSSL.
        while index < length {
            let count = unsafe Int(offered[index])
            let start = unsafe offered + index + 1
            if count == wantedCount, index + 1 + count <= length,
                unsafe memcmp(start, wanted, count) == 0
            {
                unsafe chosen?.pointee = start
                unsafe chosenLength?.pointee = UInt8(count)
                return SSL_TLSEXT_ERR_OK
            }
            index += count + 1
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    private static func lastReason() -> Int32 {
        Int32(truncatingIfNeeded: ERR_peek_last_error() & 0x7F_FFFF)
    }

    /// OpenSSL's words for the first error in this thread's queue, which is then empty.
    private static func reason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        // Errors of the system carry errno under this flag (err.h's ERR_SYSTEM_FLAG).
        let systemFlag: UInt = 1 << 31
        if code & systemFlag != 0 {
            return SystemCall.message(Int32(truncatingIfNeeded: code & (systemFlag - 1)))
        }
        guard let text = unsafe ERR_reason_error_string(code) else { return "unknown reason" }
        return unsafe String(cString: text)
    }
}
