internal import CLinux
internal import Glibc

/// The kernel's random bytes. Nothing is buffered, so nothing can repeat after a fork or leak from
/// a buffer.
package enum SecureRandom {
    /// Fills `bytes`, or ends the process: there is no safe way to go on without randomness.
    package static func fill(_ bytes: inout MutableSpan<UInt8>) {
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0) }
    }

    package static func bytes(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    package static func uint64() -> UInt64 {
        var value: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &value) { unsafe fill($0) }
        return value
    }

    /// `count` numbers for the price of one system call.
    static func words(_ count: Int) -> [UInt64] {
        unsafe [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    /// A number in 0..<`bound`, each as likely as the others. `bound` must not be 0.
    package static func below(_ bound: UInt32) -> UInt32 {
        precondition(bound > 0, "there is no number below 0")
        // Lemire 2019: the few low products that would favour small numbers are drawn again.
        let threshold = (0 &- bound) % bound
        while true {
            let product = UInt64(truncatingIfNeeded: uint64() >> 32) * UInt64(bound)
            if UInt32(truncatingIfNeeded: product) >= threshold {
                return UInt32(truncatingIfNeeded: product >> 32)
            }
        }
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        var rest = unsafe buffer[...]
        while unsafe !rest.isEmpty {
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: rest)
            let count = unsafe getrandom(part.baseAddress, part.count, 0)
            if count < 0 {
                // Long reads may be interrupted by a signal.
                guard errno == EINTR else { fatalError("getrandom failed: errno \(errno)") }
                continue
            }
            unsafe rest = rest.dropFirst(count)
        }
    }
}
