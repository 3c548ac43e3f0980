internal import COpenSSL

/// TLS on one connection, of either side, non-blocking; used only by the thread of the connection's
/// loop.
@safe final class TLSSession {
    enum Result {
        case bytes(Int)
        /// Nothing more until the socket is readable (or writable: both are always watched).
        case blocked
        /// The client ended its side properly.
        case ended
        case failed
    }

    private let session: OpaquePointer
    private var isBroken = false

    init(owning session: OpaquePointer) { unsafe self.session = session }

    deinit { unsafe SSL_free(session) }

    /// `bytes(0)` when the handshake is complete.
    func handshake() -> Result {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        return result == 1 ? .bytes(0) : outcome(result)
    }

    /// Why a handshake failed, in words.
    var failureReason: String {
        let code = unsafe SSL_get_verify_result(session)
        guard code != X509_V_OK else { return "the handshake failed" }
        return unsafe String(cString: X509_verify_cert_error_string(code))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Result {
        ERR_clear_error()
        let result = unsafe SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .bytes(Int(result)) : outcome(result)
    }

    func write(_ buffer: UnsafeRawBufferPointer) -> Result {
        ERR_clear_error()
        let result = unsafe SSL_write(session, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .bytes(Int(result)) : outcome(result)
    }

    /// Sends close_notify if it can leave at once (RFC 8446 §6.1); not after a fatal error.
    func end() {
        guard !isBroken, unsafe SSL_is_init_finished(session) == 1 else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
        ERR_clear_error()
        isBroken = true
    }

    private func outcome(_ result: Int32) -> Result {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .blocked
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isBroken = true
            ERR_clear_error()
            return .failed
        }
    }
}
