/// Every maximum of the server. Sizes are in bytes; each wait has a deadline.
package struct Limits: Sendable {
    /// Request line and fields together, at most 65,535: offsets into a head are 16 bits wide.
    package var headBytes = 16 * 1024
    package var fieldCount = 100
    package var targetBytes = 8 * 1024
    /// The ceiling on content, whatever the service allows.
    package var bodyBytes = 16 * 1024 * 1024
    /// Unfinished content that all connections together may hold; beyond it, 503.
    package var heldContentBytes = 96 * 1024 * 1024
    /// Output that waits for its readers, over all connections, and half of it for those of one
    /// address or caller; beyond it, the connection that adds to it is closed.
    package var heldOutputBytes = 64 * 1024 * 1024
    /// Open connections of the whole server; lowered at start to what RLIMIT_NOFILE leaves.
    package var connections = 20_000
    /// From the first byte of a head to its last; also the time for a TLS handshake.
    package var headDeadline: Duration = .seconds(10)
    /// From the end of the head to the end of the content, however fast it comes.
    package var bodyDeadline: Duration = .seconds(300)
    /// Content may never fall behind this rate once `bodyGrace` has passed.
    package var bodyBytesPerSecond = 1024
    package var bodyGrace: Duration = .seconds(10)
    /// Between requests.
    package var idleDeadline: Duration = .seconds(75)
    /// A reader must take at least 16 KiB of a waiting response, or its rest, in this time.
    package var writeDeadline: Duration = .seconds(30)
    /// How long what a client still sends is read and dropped after the last answer, so that a
    /// reset cannot destroy that answer (RFC 9112 §9.6).
    package var lingerDeadline: Duration = .seconds(2)
    /// Input read at once, hence what a connection can hold of requests not yet started.
    package var pipelinedBytes = 64 * 1024

    package init() {}

    /// Small and quick, so that tests reach every limit.
    package static let test = {
        var limits = Limits()
        limits.headBytes = 2048
        limits.fieldCount = 20
        limits.targetBytes = 512
        limits.bodyBytes = 1024 * 1024
        limits.connections = 500
        return limits
    }()
}
