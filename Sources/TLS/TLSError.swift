/// Why certificates and keys cannot be used; each in words for the operator.
package enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    case certificateUnreadable(file: String, reason: String)
    case keyUnreadable(file: String, reason: String)
    case keyReadableByOthers(file: String)
    case keyMismatch(certificate: String, key: String)
    case outOfMemory

    package var description: String {
        switch self {
        case .certificateUnreadable(let file, let reason):
            "cannot read a PEM certificate chain from \(file): \(reason)"
        case .keyUnreadable(let file, let reason):
            "cannot read a PEM private key from \(file): \(reason)"
        case .keyReadableByOthers(let file):
            "other users of this machine may read the private key \(file): run chmod 600 \(file), or "
                + "chmod 640 where the server reads it by its group"
        case .keyMismatch(let certificate, let key):
            "the private key in \(key) does not belong to the certificate in \(certificate)"
        case .outOfMemory: "OpenSSL has no memory left"
        }
    }
}
