package import HTTP

/// How failures are told below some paths, the unknown ones there included.
package struct ErrorFormat: Sendable {
    package typealias Response =
        @Sendable (_ problem: Problem, _ request: HTTPRequest, _ requestID: String) -> HTTPResponse

    /// Without a trailing slash.
    private let bases: [String]
    package let response: Response

    package init(below bases: [String], _ response: @escaping Response) {
        self.bases = bases
        self.response = response
    }

    func covers(_ path: String) -> Bool {
        bases.contains { base in
            let path = path.utf8
            guard path.starts(with: base.utf8) else { return false }
            let rest = path.dropFirst(base.utf8.count)
            return rest.isEmpty || rest.first == UInt8(ascii: "/")
        }
    }
}
