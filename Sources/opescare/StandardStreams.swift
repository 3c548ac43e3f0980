import CLinux
import Foundation

/// Standard input, output and error.
enum StandardStreams {
    /// Puts /dev/null where the process was started without one of them.
    ///
    /// Otherwise the next thing opened would get its number: log lines would end up in the lock file,
    /// or at the partner who happens to be connected.
    static func fill() {
        while true {
            let descriptor = unsafe open("/dev/null", O_RDWR)
            guard (0...2).contains(descriptor) else {
                if descriptor > 2 { close(descriptor) }
                return
            }
        }
    }
}

/// Keys and patients' data in memory.
enum HiddenMemory {
    /// Neither a core file nor another process of the same user sees them.
    static func hide() {
        guard opescare_hide_memory() != 0 else { return }
        Terminal.complain("The system lets core files of this process be written: \(errno).")
    }
}
