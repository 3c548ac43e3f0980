internal import Glibc

/// What the wrappers of system calls share.
package enum SystemCall {
    /// The message of an `errno`, without a stray allocation of the C library's.
    package static func message(_ code: Int32) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress,
                unsafe strerror_r(code, start, buffer.count) == 0
            else { return "error \(code)" }
            return unsafe String(cString: start)
        }
    }

    /// Calls again while a signal interrupts; -1 leaves the reason in `errno`.
    package static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }
}

/// An open descriptor, closed exactly once: when its owner lets it go.
package struct FileDescriptor: ~Copyable, Sendable {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    // Linux frees the descriptor even when close reports an error, so none is retried.
    deinit { _ = close(number) }
}
