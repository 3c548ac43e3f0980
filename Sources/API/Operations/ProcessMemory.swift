import CLinux
import Foundation

/// What this process holds of the machine's memory.
package enum ProcessMemory {
    /// Growth that is worth giving back: less is used again by the next requests.
    private static let worthBytes: Int64 = 64 << 20

    /// Blocks from this size on are pages of their own.
    private static let ownPagesBytes: Int32 = 1 << 20

    /// Lets large blocks return to the system as soon as they are freed. The allocator would take the
    /// first of them for a sign that there will be more, and keep room for 32 MiB in each thread's arena
    /// (mallopt(3)).
    package static func returnLargeBlocks() { mallopt(M_MMAP_THRESHOLD, ownPagesBytes) }

    /// Bytes in physical memory; `nil` where the system does not tell.
    package static var residentBytes: Int64? {
        // Sizes in pages: the whole, what is in memory, …
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii) else {
            return nil
        }
        return text.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
            .map { $0 * Int64(sysconf(Int32(_SC_PAGESIZE))) }
    }

    /// Lets go of what requests have freed. The allocator keeps the memory of a burst of large bodies for
    /// good, in each thread's arena.
    ///
    /// - Parameter floor: what the process held after it was last asked to.
    /// - Returns: the floor for the next time.
    package static func giveBack(above floor: Int64) -> Int64 {
        guard let held = residentBytes, held > floor + worthBytes else { return floor }
        malloc_trim(0)
        return residentBytes ?? floor
    }
}
