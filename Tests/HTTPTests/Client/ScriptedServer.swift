import CLinux
import Glibc
import Synchronization

/// A blocking server that gives each connection, in turn, the next of its scripts: for answers that
/// no real server gives.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        /// Waits for a whole request without content of its own length's care: up to "END".
        case read
        case write(String)
        case wait(milliseconds: UInt32)
        /// Closes with a reset instead of an end.
        case reset
    }

    let port: UInt16
    private let listener: Int32
    private let accepted = Atomic(0)

    var acceptedCount: Int { accepted.load(ordering: .relaxed) }

    init(_ scripts: [[Step]]) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = listener
        port = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe bind(number, $0, length)
                _ = listen(number, 16)
                _ = unsafe getsockname(number, $0, &length)
            }
            return UInt16(bigEndian: unsafe pointer.pointee.sin_port)
        }
        let executor = OwnThreads()
        for script in scripts {
            Task(executorPreference: executor) { [self] in
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                accepted.wrappingAdd(1, ordering: .relaxed)
                Self.play(script, on: connection)
            }
        }
    }

    deinit { _ = close(listener) }

    private static func play(_ script: [Step], on connection: Int32) {
        for step in script {
            switch step {
            case .read:
                var received: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while !received.suffix(3).elementsEqual("END".utf8) {
                    let count = unsafe recv(connection, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    received += buffer.prefix(count)
                }
            case .write(let text):
                _ = unsafe send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            case .wait(let milliseconds): usleep(milliseconds * 1000)
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                _ = unsafe setsockopt(
                    connection, SOL_SOCKET, SO_LINGER, &linger,
                    socklen_t(MemoryLayout<linger>.size))
            }
        }
        _ = close(connection)
    }
}
