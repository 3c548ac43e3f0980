internal import CLinux
internal import Glibc
internal import Synchronization
internal import TLS

/// Where to connect: an address and the port.
struct SocketAddress: Sendable {
    var storage: sockaddr_storage
    let length: socklen_t

    var address: PeerAddress { PeerAddress(storage) }
    var family: Int32 { Int32(storage.ss_family) }

    /// Port fields lie at the same place in both families.
    func with(port: UInt16) -> SocketAddress {
        var copy = self
        unsafe withUnsafeMutableBytes(of: &copy.storage) { raw in
            unsafe raw.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        }
        return copy
    }
}

/// Resolves names by getaddrinfo(3), which blocks, on threads of its own. A name is asked for once,
/// however many wait for it; a slow name server holds up nobody but those who need it.
final class Resolver: Sendable {
    typealias Answer = Result<[SocketAddress], ClientFailure>

    private struct State {
        var running = 0
        /// Names that wait for a thread.
        var queue: [(host: String, completion: @Sendable (Answer) -> Void)] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Calls `completion` from a thread of the resolver.
    func resolve(_ host: String, completion: @escaping @Sendable (Answer) -> Void) {
        let starts = state.withLock { state in
            guard state.running < limit else {
                state.queue.append((host, completion))
                return false
            }
            state.running += 1
            return true
        }
        if starts { start(host, completion) }
    }

    private final class Work {
        let resolver: Resolver
        var host: String
        var completion: @Sendable (Answer) -> Void

        init(
            _ resolver: Resolver, _ host: String, _ completion: @escaping @Sendable (Answer) -> Void
        ) {
            self.resolver = resolver
            self.host = host
            self.completion = completion
        }

        func run() {
            while true {
                completion(Resolver.lookUp(host))
                let next = resolver.state.withLock { state in
                    if state.queue.isEmpty {
                        state.running -= 1
                        return false
                    }
                    (host, completion) = state.queue.removeFirst()
                    return true
                }
                if !next { return }
            }
        }
    }

    /// What getaddrinfo needs several times over.
    private static let stackBytes = 512 * 1024

    private func start(_ host: String, _ completion: @escaping @Sendable (Answer) -> Void) {
        let context = unsafe Unmanaged.passRetained(Work(self, host, completion)).toOpaque()
        let result = unsafe opescare_start_thread(
            Self.stackBytes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard result == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(context).release()
            state.withLock { $0.running -= 1 }
            completion(.failure(.unresolvable(SystemCall.message(result))))
            return
        }
    }

    private static func lookUp(_ host: String) -> Answer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, nil, &hints, &list)
        guard result == 0 else {
            return .failure(.unresolvable(unsafe String(cString: gai_strerror(result))))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next, addresses.count < 16 {
            unsafe next = entry.pointee.ai_next
            let length = Int(unsafe entry.pointee.ai_addrlen)
            guard let source = unsafe entry.pointee.ai_addr,
                length <= MemoryLayout<sockaddr_storage>.size
            else { continue }
            var storage = sockaddr_storage()
            unsafe withUnsafeMutableBytes(of: &storage) { raw in
                unsafe raw.copyMemory(from: UnsafeRawBufferPointer(start: source, count: length))
            }
            addresses.append(SocketAddress(storage: storage, length: socklen_t(length)))
        }
        return addresses.isEmpty ? .failure(.unresolvable("no address")) : .success(addresses)
    }
}
