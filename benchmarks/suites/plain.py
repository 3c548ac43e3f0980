"""`GET /health`, beside one fixed answer in C and nginx."""

import shutil
import sys

from suites.program import CORES, free_port


def plain(bench):
    limit_port = free_port()
    limit = bench.start("c-epoll", [bench.limit("plain"), limit_port, CORES], limit_port)
    servers = [limit]
    if shutil.which("nginx"):
        servers.append(nginx(bench))
    else:
        print("nginx is not installed (apt-get install nginx-light): left out", file=sys.stderr)
    servers += bench.every(0)
    bench.compare("GET /health", [(one.name, one, "/health", None) for one in servers])
    pipeline = bench.script("pipeline", """
        init = function()
            local all = {}
            for i = 1, 16 do all[i] = wrk.format("GET", "/health") end
            batch = table.concat(all)
        end
        request = function() return batch end
        """)
    bench.compare("GET /health, 16 pipelined",
                 [(one.name, one, "/health", pipeline) for one in servers])


def nginx(bench):
    port = free_port()
    body = '{"status":"ok","service":"opescare","version":"0.1.0"}'
    with open(f"{bench.work}/nginx.conf", "w") as file:
        file.write(f"""
            worker_processes {CORES}; daemon off; pid {bench.work}/nginx.pid;
            error_log /dev/null;
            events {{ worker_connections 4096; }}
            http {{
                access_log off; keepalive_requests 100000000; default_type application/json;
                server {{
                    listen 127.0.0.1:{port} reuseport;
                    location /health {{ return 200 '{body}'; }}
                }}
            }}
            """)
    return bench.start("nginx", ["nginx", "-c", f"{bench.work}/nginx.conf"], port)
