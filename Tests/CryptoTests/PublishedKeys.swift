/// Keys that RFCs publish for testing, and keys that must be refused. None guards anything.
enum PublishedKeys {
    /// RFC 7515 appendix A.2.
    static let rfc7515 = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO
        jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL
        aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn
        juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5
        ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf
        toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg
        VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW
        PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G
        O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj
        kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6
        XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB
        4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K
        pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr
        0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE
        lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6
        kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP
        rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw
        kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp
        5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2
        9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/
        evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG
        yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj
        OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2
        tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3
        ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56
        03k2+ZQwVK0JKSHuLFkuQ3U=
        -----END PRIVATE KEY-----
        """

    /// The same key in the older PKCS #1 form.
    static let rfc7515PKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd/wWJcyQoTbji9k0
        l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZS+pC
        gNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSX
        ndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD
        Zlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxXFvUK+DWNmoudF8NAco9/h9iaGNj8
        q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQABAoIBABKucaRpzQorw35S
        bEUAVx8dYXUdZOlJcHtiWQ+dC6V8ljxAHj/PLyzTveyI5QO/xkObCyjIL303l2cf
        UhPu2MFaJdjVzqACXuOrLot/eSFvxjvqVidTtAZExqFRJ9mylUVAoLvhowVWmC1O
        n95fZCXxTUtxNEG1Xcc7m0rtzJKs45J+N/V9DP1edYH6USyPSWGp6wuA+KgHRnKK
        Vf9GRx80JQY7nVNkL17eHoTWEwga+lwi0FEoW9Y7lDtWXYmKBWhUE+U8PGxlJf8f
        40493HDw1WRQ/aSLoS4QTp3rn7gYgeHEvfJdkkf0UMhlknlo53M09EFPdadQ4TlU
        bjqKc50CgYEA4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH/5IB3jw3bcxGn6QLvnE
        tfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw/Py5PJdTJNPY8cQn7ouZ2KKDcmnPG
        BY5t7yLc1QlQ5xHdwW1VhvKn+nXqhJTBgIPgtldC+KDV5z+y2XDwGUcCgYEAuQPE
        fgmVtjL0Uyyx88GZFF1fOunH3+7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYs
        p1ZSe7zFYHj7C6ul7TjeLQeZD/YwD66t62wDmpe/HlB+TnBA+njbglfIsRLtXlnD
        zQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdcCgYAHAp9XcCSrn8wVkMVkKdb7
        DOX4IKjzdahm+ctDAJN4O/y7OW5FKebvUjdAIt2GuoTZ71iTG+7F0F+lP88jtjP4
        U4qe7VHoewl4MKOfXZKTe+YCS1XbNvfgwJ3Ltyl1OH9hWvu2yza7q+d5PCsDzqtm
        27kxuvULVeya+TEdAB1ijQKBgQCH/3r6YrVH/uCWGy6bzV1nGNOdjKc9tmkfOJmN
        54dxdixdpozCQ6U4OxZrsj3FcOhHBsqAHvX2uuYjagqvo3cOj1TRqNocX40omfCC
        Mx3bD1yPPf/6TI2XECva/ggqEY2mYzmIiA5LVVmc5nrybr+lssFKneeyxN2Wq93S
        0iJMdQKBgCGHewxzoa1r8ZMD0LETNrToK423K377UCYqXfg5XMclbrjPbEC3YI1Z
        NqMtuhdBJqUnBi6tjKMF+34Xf0CUN8ncuXGO2CAYvO8PdyCixHX52ybaDjy1FtCE
        6yUXjoKNXKvUm7MWGsAYH6f4IegOetN5NvmUMFStCSkh7ixZLkN1
        -----END RSA PRIVATE KEY-----
        """

    /// RFC 7638 §3.1.
    static let rfc7638 = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJX
        ZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS
        oc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W+5JsGY4Hc5n9yBXArwl93lqt
        7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0
        zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt+bFTWhAI4vMQFh6WeZu0f
        M4lFd2NcRwr3XPksINHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDK
        gwIDAQAB
        -----END PUBLIC KEY-----
        """

    /// RSA with 1024 bits only.
    static let short = """
        -----BEGIN PRIVATE KEY-----
        MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAMJutNgRnfLTfWnu
        29pooMNYbmErT+nqzKPSSebMq/HtwHqEjpZMn0oHy0Vsm7We6pOqpCErDJyZOCau
        7lDqpiBbSMGe7O9SwBvnSNHqY7AmYjlJkZ4GodoRLSy4cJUSWfN7Fp42wdxeCRMz
        EgS8PvOEFyVATWtr6C2vbnBW5owpAgMBAAECgYEArIahj+yp8/N4IIyjpz0aEdyh
        LTXKlm0TovYRP2wz0tu95LlE8NcSrRUXaQYDcPiPe/J56ziQ21AWBDVLIJ/mQdfs
        wj3YJUbyWyUBXSp4I+U+nUhv0rqofmQA6tVBIGMU/3eWhzgEjLKZOtjRX3FR43Rt
        U/QUO7AhAD6++5+2GRECQQD2uDzgZ2oc+oMb9cCqo+wYyKPG++NirOJIiBgZS9wi
        BHpsJsZEz3sySx096QAItO7zOc8pO/AXAAlNpoc+MozNAkEAyb75WLXr+oHFpX6K
        5SxBhtsSrDPfTLjpw9l53LwKRufMh6hsZJ2lzNp1YgnT6K5Is5FkgWXR2/00dJcl
        XRr8zQJBALqYcQJPdIPiO5LD9SmZvJCp/qQaEcmpc6Lju0Y2h5D6zhRJ5x5XxZcu
        FDmkpS/wl+BA0psfB+B9WIvv7M1vsekCQQCz9E9CW/PEHeGI/1kxlspUWjFLvXFf
        ZEnQUrqqtGiOWtFL6GXXUe/EzNCLxKxrDpr24ae+7G3HRxJ1NSU06Y+5AkBfqfMn
        8Ey7q524++uIpWjXidYejiOigKPRD4w/sktYqqX/14qGuwxS0kn+IMcEwXn9VKWL
        Gslzo+qUx+cLfP02
        -----END PRIVATE KEY-----
        """

    static let shortPublic = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCbrTYEZ3y031p7tvaaKDDWG5h
        K0/p6syj0knmzKvx7cB6hI6WTJ9KB8tFbJu1nuqTqqQhKwycmTgmru5Q6qYgW0jB
        nuzvUsAb50jR6mOwJmI5SZGeBqHaES0suHCVElnzexaeNsHcXgkTMxIEvD7zhBcl
        QE1ra+gtr25wVuaMKQIDAQAB
        -----END PUBLIC KEY-----
        """

    /// An elliptic curve key.
    static let curve = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBeymaTuPBQwm2WIH
        QFn0cEKJozWZWkj4tEB3QSTergWhRANCAATWBZWG4amzyyzLbLw0e18iwQW/eZ66
        lqjivg5KS5gHdh/MX3s8LdtplEykvAFCDMbvsxLF57pNcpSlyNYOZDQf
        -----END PRIVATE KEY-----
        """

    /// The key of RFC 7515 under the password "x".
    static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIUar8l9Ab+roCAggA
        MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBA1hggYisBOWRkIL+5/02hPBIIE
        0MEBGvX1O73cD2l1beANk66E/E1S74Ug23BbLRIyUfkNkgwutxN/irngZJ04sgmj
        yQNuG+f35VxboJ+Xf0B4g1q0lN2PduX3LqScqpFa0cSII1J5EnVDAeL7c9/eWxrn
        x7WNK2YCMrxxYqhfu5Ds28DoNH7dmpTllkmR8YOGL6pkM4eyTrnWgIxSlg2aMQ52
        fPPBmPvoxTeZjhDj2JeOli4YkqBCY/ldsdRzind5QXR4rkJXYMPwa75WbWf9Ipu1
        WHU8rd+/kETAVXfMbAPnREFcntcrI2tqzrrTJyhhRelBlQpjDQr+3FsfW06lG+gN
        5uqLdKKSe87HTQTWeb8jm4U3/ef5Lh7huXmNReJv01cYWfowBq5/ToAakXBJdObx
        ZHaGwblH6VfdhTkDPCE9PDtyUmpb14V5T0B7oZ9O2Sa9L11XlfbKb8bkXUVFD5NA
        cdx+ITuDjaLt9k1d4Y/121+QT2ORnLL9HaGbtVKATKKOp4dGwt9MhZE7giGZsj+L
        Lul6lmTZ8gi5vzJg5dPu0FZdyGkU3drunSxPNmSstDPAX0DHgsZz//b/Qo6eASuJ
        R6Vo7mn2b2QeZ/g/NtS4t69yLIcLedaloDvcPvxQ2vUE1ULie1eQXjs6XvucwIdn
        LcZIFOp0KcmxrR8KB0UdPHDxQSKYMiiObnVJYiKpd2V7WWhrTOwfyQzUHxO6yHw1
        Jv9+PnZDas8uCDQH5boZJQ2mWMIyZ8lovtuQdTcfn0h3d6Iuy/rOvV35Bew0etMz
        YbHeAJf7wOa3GOPADINTSynTlVwAYoBXaIsfa7wZG0X2fsanfH0NJ2X64/HGie+k
        varu5o6EhnHdOl+NKGCAyfr6Z5WJHFmNftXKUR5v+ifx9uOKkoOSGAsvNyuenOLj
        QOFwE+s5gyYCHM91yWhmJkTxm6c7+LmE556afAfNtT6JAsDSIO1Uwj8IJiUSRobL
        +XSuQl5CbhKegFETsqPiyMlSKwCWsnRSuTz6lzosIjlYqWHxDBZj3w12fNIpDBbz
        awXgcHo9TWL4oeckDcxTdZf90uXRqlS5j6Z+BsE2To1tFxXDrfMe9B4RxKO3LZXe
        +J899UizJcWw9nR7qUW4zhGjyQnMsJRneCvkNvtILPakJuS1CIv1/KQiIwCODxgl
        RafpDJxEF8SSk+BMNpCcJx0VoNmilHhpX53W+kTMS2youXXfkJQWbUdtSpEGCzLF
        c/MH/X0e1q6d8JSac5Nfe/GepggRxBCtxVhsBMTA9hYeyYPG37Uul2c1JyPUCsp3
        ZmkXgfBJZ1UeYPw9nXx0jSmTMCiJoGYX7egKPfTcE1rAtMkdYdfaJB8IKFDDKf4i
        p85BFXCCh16X4Z2+nY+VB5lnn9cXg7aJxaglsKpnI7sOeEAsH+dlZs/XRA/Otisf
        mXHtvWWlo/Tur2j6ryJUopvno3sazsW1Agt2K/unExXcFWf4EGCzUQuv9cEzqHL1
        /cJl12Qy3T5L6IrcyoThWSWjh2UJN8oDM2UBNvQ4NLfNDJ12nkNkKXOPDV7y1G0p
        8yrEGQQz1nZWsXr/JIkxhdag+RxcO7+WVEATPLsrz9WHva50s/Au5s7cv4V97505
        SmxHHoL8iBuD51Axo+pHZP5qZk+zOAj5p3AjAjb56iCq
        -----END ENCRYPTED PRIVATE KEY-----
        """
}
