extension Connection {
    /// Runs the service; a handler that never suspends has answered when this returns.
    func dispatch(_ request: HTTPRequest) {
        loop.handlerStarted()
        let task = Task.immediate(executorPreference: loop) { await self.serve(request) }
        if state.phase == .responding || state.phase == .streaming { self.task = task }
    }

    /// Answers one request, and then those behind it for as long as no handler suspends: a task
    /// costs more than reading the next request of a pipeline.
    private func serve(_ first: HTTPRequest) async {
        var request = first
        while true {
            begin(request)
            // What is worked on takes the room of what others send meanwhile.
            let (held, holder) = (request.body.count, contentHolder)
            _ = loop.shared.contentBudget.change(by: held, of: holder)
            let response = await loop.service.respond(to: request)
            _ = loop.shared.contentBudget.change(by: -held, of: holder)
            outputHolder = response.holder
            assert(loop.isCurrent, "the preferred executor brings a handler back to its loop")
            switch response.body {
            case .bytes(let body):
                task = nil
                answer(response, body)
            case .stream(let next): await stream(response, next)
            }
            // Outside `drive` nobody would send the answer while the next handler waits.
            guard isDriving, let next = nextPipelined() else { break }
            request = next
        }
        loop.handlerFinished()
        drive()
    }

    private func begin(_ request: borrowing HTTPRequest) {
        state.requestCompleted(at: loop.now)
        loop.counters.add(to: .requests)
        exchange = Exchange(
            isHead: request.method == .head, minorVersion: request.head.minorVersion,
            keepsAlive: request.head.keepsAlive && !request.isContentUnread,
            leavesContent: request.isContentUnread)
    }

    /// Whether the connection may outlive the answer to this request.
    private func keepsAlive(after response: borrowing HTTPResponse) -> Bool {
        exchange.keepsAlive && !response.closesConnection && !loop.isDraining
    }

    /// Serialises a whole response.
    private func answer(_ response: HTTPResponse, _ body: [UInt8]) {
        guard isOpen else { return }
        let keepsAlive = keepsAlive(after: response)
        loop.output.appendHead(
            response, length: body.count, date: loop.date, exchange: exchange,
            keepsAlive: keepsAlive)
        if !exchange.isHead, !response.status.forbidsContent { write(body) }
        finish(closes: !keepsAlive)
    }

    /// Large content goes out as it is; small content joins the head in the loop's buffer.
    private func write(_ body: [UInt8]) {
        if body.count <= 32 * 1024 {
            loop.output.append(body)
        } else {
            queueOutput()
            queue.append(body)
        }
    }

    private func finish(closes: Bool) {
        let unread = state.hasInput || !input.isEmpty || exchange.leavesContent
        state.answered(closes: closes, unreadInput: unread, at: loop.now)
    }

    /// Answers on behalf of the server, then closes: the service draws the response.
    func refuse(_ failure: HTTPFailure) {
        guard isOpen else { return }
        loop.counters.add(to: .refused)
        let response = loop.service.response(
            to: failure, request: reader.pending, from: peer)
        exchange = Exchange(isHead: reader.isHeadMethod, minorVersion: 1, keepsAlive: false)
        // What is refused takes no room from what is not; less is never too much.
        reader.dropContent()
        try? countContent()
        var body: [UInt8] = []
        if case .bytes(let bytes) = response.body { body = bytes }
        loop.output.appendHead(
            response, length: body.count, date: loop.date, exchange: exchange, keepsAlive: false)
        if !exchange.isHead, !response.status.forbidsContent { write(body) }
        input = []
        inputStart = 0
        state.hasInput = false
        state.answered(closes: true, unreadInput: true, at: loop.now)
    }

    // MARK: Streams

    /// Sends a response of unknown length, pulling the next chunk when the last one has left.
    private func stream(
        _ response: HTTPResponse, _ next: @Sendable () async throws -> [UInt8]?
    ) async {
        guard isOpen else { return }
        let isChunked = exchange.minorVersion > 0
        let keepsAlive = isChunked && keepsAlive(after: response)
        loop.output.appendHead(
            response, length: nil, date: loop.date, exchange: exchange, keepsAlive: keepsAlive)
        if !exchange.isHead, !response.status.forbidsContent {
            state.streamBegan(at: loop.now)
            drive()
            do {
                while isOpen, let chunk = try await next() {
                    guard !chunk.isEmpty else { continue }
                    await send(chunk, isChunked: isChunked)
                }
            } catch {
                // The client sees a missing last chunk, or a reset, and knows it has not all.
                close()
            }
            guard isOpen else { return }
            if isChunked { loop.output.append("0\r\n\r\n") }
        }
        task = nil
        finish(closes: !keepsAlive)
    }

    private func send(_ chunk: [UInt8], isChunked: Bool) async {
        guard isOpen else { return }
        if isChunked {
            loop.output.append(hexadecimal: chunk.count)
            loop.output.append("\r\n")
        }
        write(chunk)
        if isChunked { loop.output.append("\r\n") }
        drive()
        if queue.isEmpty {
            // A producer that never waits must not keep the loop from its other connections.
            await Task.yield()
        } else {
            await withCheckedContinuation { roomWaiter = $0 }
        }
    }
}
