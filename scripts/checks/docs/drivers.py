"""Each reads deliveries, one a line, tab-separated, the body in base64; and prints true or false."""

DRIVERS = {
    "python": {"driver.py": """
import base64, sys
from opescare import verify_opescare, verify_standard
for line in sys.stdin:
    family, secret, body, *fields = line.rstrip("\\n").split("\\t")
    verify = verify_opescare if family == "opescare" else verify_standard
    print("true" if verify(secret, *fields, base64.b64decode(body)) else "false")
"""},
    "node": {"driver.mjs": """
import { readFileSync } from "node:fs";
import { verifyOpesCare, verifyStandard } from "./opescare.mjs";
for (const line of readFileSync(0, "utf8").slice(0, -1).split("\\n")) {
  const [family, secret, body, ...fields] = line.split("\\t");
  const verify = family === "opescare" ? verifyOpesCare : verifyStandard;
  console.log(String(verify(secret, ...fields, Buffer.from(body, "base64"))));
}
"""},
    "java": {"Driver.java": """
import java.io.*;
import java.util.Base64;
public class Driver {
    public static void main(String[] none) throws Exception {
        var input = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = input.readLine()) != null; ) {
            String[] f = line.split("\\t", -1);
            byte[] body = Base64.getDecoder().decode(f[2]);
            System.out.println(f[0].equals("opescare")
                ? OpesCareWebhook.verifyOpesCare(f[1], f[3], body)
                : OpesCareWebhook.verifyStandard(f[1], f[3], f[4], f[5], body));
        }
    }
}
"""},
    "php": {"driver.php": """<?php
require 'opescare.php';
while (($line = fgets(STDIN)) !== false) {
    $f = explode("\\t", rtrim($line, "\\n"));
    $body = base64_decode($f[2]);
    $is_right = $f[0] === 'opescare' ? verify_opescare($f[1], $f[3], $body)
        : verify_standard($f[1], $f[3], $f[4], $f[5], $body);
    echo $is_right ? 'true' : 'false', "\\n";
}
"""},
    "go": {"go.mod": "module driver\n\ngo 1.18\n", "main.go": """package main

import (
	"bufio"
	"driver/opescare"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\\t")
		body, _ := base64.StdEncoding.DecodeString(f[2])
		if f[0] == "opescare" {
			fmt.Println(opescare.VerifyOpesCare(f[1], f[3], body))
		} else {
			fmt.Println(opescare.VerifyStandard(f[1], f[3], f[4], f[5], body))
		}
	}
}
"""},
}
