import CLinux
import Glibc

/// A plain client on a blocking socket; every wait ends after ten seconds. One task may send while
/// another receives: only the receiver touches `held`.
final class TestClient: @unchecked Sendable {
    struct Response {
        var status = 0
        /// Status line and fields, as sent.
        var head = ""
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let socket: Int32
    private var held: [UInt8] = []

    /// - Parameter host: the last number of the address 127.0.0.x that it calls from.
    init(port: UInt16, receiveBuffer: Int32? = nil, host: UInt32 = 1) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var wait = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, size)
        if var receiveBuffer {
            unsafe setsockopt(
                socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer,
                socklen_t(MemoryLayout<Int32>.size))
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var own = name
        own.sin_port = 0
        own.sin_addr.s_addr = (UInt32(0x7F00_0000) + host).bigEndian
        _ = unsafe withUnsafePointer(to: &own) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        _ = unsafe withUnsafePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { close(socket) }

    /// Sends everything; returns whether the server took it.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    socket, $0.baseAddress.map { unsafe $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Ends with a reset instead of a FIN.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        _ = unsafe dup2(open("/dev/null", O_RDONLY), socket)
    }

    /// Reads what there is; `nil` at the end, on a reset or after ten seconds.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Everything up to the end of the connection.
    func receiveAll() -> String {
        var all = held
        held = []
        while let bytes = receive() { all += bytes }
        return String(decoding: all, as: UTF8.self)
    }

    /// The next response; `nil` when the connection ends first.
    func response(isHead: Bool = false) -> Response? {
        let end = Array("\r\n\r\n".utf8)
        var response = Response()
        while true {
            if let found = held.firstRange(of: end) {
                response.head = String(decoding: held[..<found.lowerBound], as: UTF8.self)
                held.removeFirst(found.upperBound)
                break
            }
            guard fill() else { return nil }
        }
        response.status = Int(response.head.dropFirst(9).prefix(3)) ?? 0
        if isHead || response.status == 204 || response.status == 304 || response.status < 200 {
            return response
        }
        if response.head.contains("Transfer-Encoding: chunked") {
            while let line = line(), let size = Int(line, radix: 16) {
                guard let chunk = take(size), take(2) == [13, 10] else { return nil }
                response.body += chunk
                if size == 0 { return response }
            }
            return nil
        }
        let fields = response.head.split(separator: "\r\n")
        let length = fields.first { $0.hasPrefix("Content-Length: ") }
            .flatMap { Int($0.dropFirst(16)) }
        guard let body = take(length ?? 0) else { return nil }
        response.body = body
        return response
    }

    private func fill() -> Bool {
        guard let bytes = receive() else { return false }
        held += bytes
        return true
    }

    private func take(_ count: Int) -> [UInt8]? {
        while held.count < count { guard fill() else { return nil } }
        let taken = Array(held[..<count])
        held.removeFirst(count)
        return taken
    }

    private func line() -> String? {
        while true {
            if let end = held.firstRange(of: [13, 10]) {
                let line = String(decoding: held[..<end.lowerBound], as: UTF8.self)
                held.removeFirst(end.upperBound)
                return line
            }
            guard fill() else { return nil }
        }
    }
}
