extension HTTPRequest {
    /// A request for tests and callers in the process, read by the same parser as any other.
    ///
    /// `Host` and the length of `body` are added when absent. Malformed input is a programmer's
    /// error.
    package init(
        _ method: HTTPMethod, _ target: String, fields: [(String, String)] = [],
        body: [UInt8] = [], isSecure: Bool = false
    ) {
        var text = "\(method.rawValue) \(target) HTTP/1.1\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        let names = Set(fields.map { $0.0.lowercased() })
        if !names.contains("host") { text += "Host: localhost\r\n" }
        if !body.isEmpty, !names.contains("content-length") {
            text += "Content-Length: \(body.count)\r\n"
        }
        let bytes = Array((text + "\r\n").utf8)
        let origin = RequestOrigin(peer: .loopback, isSecure: isSecure, loop: 0)
        self.init(Self.head(of: bytes), in: bytes.span, from: origin)
        self.body = body
    }

    private static func head(of bytes: [UInt8]) -> RequestHead {
        var limits = Limits()
        limits.headBytes = Int(UInt16.max)
        var parser = RequestParser(limits: limits)
        let head: RequestHead?
        do {
            head = try parser.readHead(bytes.span)
        } catch {
            preconditionFailure("\(error): \(String(decoding: bytes, as: UTF8.self))")
        }
        guard let head, head.byteCount == bytes.count else {
            preconditionFailure("not one head: \(String(decoding: bytes, as: UTF8.self))")
        }
        return head
    }
}
