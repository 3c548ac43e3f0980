import Glibc
import Database
import Testing

struct SignalSetTests {
    private struct Stop: Error {}

    /// Whether this thread holds a signal back.
    private func holdsBack(_ signal: Int32) -> Bool {
        var mask = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
        return unsafe sigismember(&mask, signal) == 1
    }

    /// Runs `body` on a thread that takes every signal; those of the tests hold most of them back.
    private func takingSignals(_ body: () -> Void) {
        var none = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        body()
    }

    @Test(arguments: [SignalSet([SIGUSR2]), SignalSet.all])
    func signalsAreHeldBackWhileABodyRuns(_ signals: SignalSet) {
        takingSignals {
            #expect(signals.blocked { holdsBack(SIGUSR2) })
            #expect(!holdsBack(SIGUSR2))
            #expect(throws: Stop.self) { try signals.blocked { throw Stop() } }
            #expect(!holdsBack(SIGUSR2))
        }
    }

    @Test func whatWasHeldBackBeforeStaysSo() {
        takingSignals {
            SignalSet([SIGUSR2]).block()
            SignalSet.all.blocked { #expect(holdsBack(SIGUSR1)) }
            #expect(holdsBack(SIGUSR2))
            #expect(!holdsBack(SIGUSR1))
        }
    }

    /// Sent to this thread alone, it would end the process if it were not held back.
    @Test func aSignalThatIsHeldBackIsWaitedFor() {
        let signals = SignalSet([SIGUSR2])
        signals.blocked {
            pthread_kill(pthread_self(), SIGUSR2)
            #expect(signals.wait() == SIGUSR2)
        }
    }
}
