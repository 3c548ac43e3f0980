"""What notes each answer in a file, by language; the block stays as printed."""

PYTHON_PRELUDE = """\
import json as _json, os as _os, requests
_send = requests.Session.send
def _noting(self, request, **options):
    answer = _send(self, request, **options)
    with open(_os.environ['ANSWERS'], 'a') as file:
        file.write(_json.dumps([answer.status_code, answer.text]) + '\\n')
    return answer
requests.Session.send = _noting
access_token = _os.environ['ACCESS_TOKEN']
"""


NODE_PRELUDE = """\
const _fs = await import('node:fs');
const _fetch = globalThis.fetch;
globalThis.fetch = async (...words) => {
    const answer = await _fetch(...words);
    const line = JSON.stringify([answer.status, await answer.clone().text()]);
    _fs.appendFileSync(process.env.ANSWERS, line + '\\n');
    return answer;
};
globalThis.access_token = globalThis.accessToken = process.env.ACCESS_TOKEN;
"""
JAVA_PROGRAM = """\
import java.net.URI;
import java.net.http.*;
%(imports)s
public class Main {
    static String accessToken = System.getenv("ACCESS_TOKEN");
    static HttpClient client = HttpClient.newHttpClient();
    public static void main(String[] words) throws Exception {
%(source)s
        java.nio.file.Files.writeString(
            java.nio.file.Path.of(System.getenv("ANSWERS")),
            %(answer)s.statusCode() + "\\n" + %(answer)s.body());
    }
}
"""
CSHARP_PROJECT = """\
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType>
<TargetFramework>net%s</TargetFramework></PropertyGroup></Project>
"""
