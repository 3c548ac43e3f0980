import CLinux
package func x() -> Int32 { epoll_create1(0) }
