internal import CLinux
internal import Glibc
internal import Synchronization
internal import TLS

/// Where a server listens: one address of a host, or a socket in the file system.
struct SocketAddress: Sendable {
    private var storage = sockaddr_storage()
    private let length: socklen_t

    /// `<folder>/.s.PGSQL.<port>`; nil when the path is too long for a socket.
    init?(folder: String, port: UInt16) {
        let path = Array("\(folder)/.s.PGSQL.\(port)".utf8)
        guard path.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        storage.ss_family = sa_family_t(AF_UNIX)
        let start = MemoryLayout<sa_family_t>.size
        unsafe withUnsafeMutableBytes(of: &storage) { raw in
            unsafe raw[start...].copyBytes(from: path)
        }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
    }

    private init(_ info: addrinfo) {
        length = unsafe info.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &storage) { raw in
            unsafe raw.copyMemory(
                from: UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
        }
    }

    var isUnixSocket: Bool { Int32(storage.ss_family) == AF_UNIX }

    /// Whether nothing that is sent there leaves this machine.
    var isLocal: Bool {
        unsafe withUnsafeBytes(of: storage) { raw in
            switch Int32(storage.ss_family) {
            case AF_UNIX: true
            // The address follows family and port, and in the sixth version flow information.
            case AF_INET: unsafe raw[4] == 127
            case AF_INET6: unsafe raw[8..<23].allSatisfy { $0 == 0 } && raw[23] == 1
            default: false
            }
        }
    }

    /// A connected, non-blocking socket, or why there is none.
    func connect(until deadline: Deadline) -> (channel: Channel?, reason: String) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = Glibc.socket(Int32(storage.ss_family), kind, 0)
        guard number >= 0 else { return (nil, SystemCall.message(errno)) }
        let socket = FileDescriptor(number)
        if !isUnixSocket { Self.configure(number) }
        let result = unsafe withUnsafePointer(to: storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                SystemCall.retrying { unsafe Int(Glibc.connect(number, address, length)) }
            }
        }
        guard result == 0 || errno == EINPROGRESS else { return (nil, SystemCall.message(errno)) }
        guard result == 0 || Channel.wait(for: number, POLLOUT, until: deadline) else {
            return (nil, "timed out")
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
        return code == 0 ? (Channel(socket), "") : (nil, SystemCall.message(code))
    }

    /// A peer that is gone shows within a quarter of a minute, also while we only wait.
    private static func configure(_ number: Int32) {
        func set(_ level: Int32, _ option: Int32, _ value: Int32) {
            var value = value
            _ = unsafe setsockopt(
                number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 10)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 2)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, 15_000)
    }
}

// MARK: Names

extension SocketAddress {
    /// Every address of a host, or why there is none. getaddrinfo(3) knows no deadline: it runs on a thread
    /// of its own, which is left to itself when it takes too long.
    static func addresses(
        of host: String, port: UInt16, until deadline: Deadline
    ) -> (addresses: [SocketAddress], reason: String) {
        if let literal = lookUp(host, port, flags: AI_NUMERICHOST).addresses.first {
            return ([literal], "")
        }
        let number = eventfd(0, Int32(EFD_CLOEXEC))
        guard number >= 0 else { return ([], SystemCall.message(errno)) }
        let question = Question(host: host, port: port, event: FileDescriptor(number))
        let context = unsafe Unmanaged.passRetained(question)
        let code = unsafe opescare_start_thread(
            256 * 1024,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Question>.fromOpaque(context).takeRetainedValue().answer()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            return ([], SystemCall.message(code))
        }
        guard Channel.wait(for: number, POLLIN, until: deadline) else {
            return ([], "its name was not resolved in time")
        }
        return question.answers.withLock { $0 }
    }

    /// Shared by the thread that asks and the one that looks up, so the event outlives both.
    private final class Question: Sendable {
        let host: String
        let port: UInt16
        let event: FileDescriptor
        let answers = Mutex<(addresses: [SocketAddress], reason: String)>(([], ""))

        init(host: String, port: UInt16, event: consuming FileDescriptor) {
            self.host = host
            self.port = port
            self.event = event
        }

        func answer() {
            let found = SocketAddress.lookUp(host, port, flags: 0)
            answers.withLock { $0 = found }
            _ = eventfd_write(event.number, 1)
        }
    }

    private static func lookUp(
        _ host: String, _ port: UInt16, flags: Int32
    ) -> (addresses: [SocketAddress], reason: String) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard result == 0 else { return ([], unsafe String(cString: gai_strerror(result))) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            unsafe addresses.append(SocketAddress(entry.pointee))
            unsafe next = entry.pointee.ai_next
        }
        return (addresses, "no address")
    }
}
