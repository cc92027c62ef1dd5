import base64, json, sys
from argon2.low_level import hash_secret_raw, Type
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
head, rest = open(sys.argv[1], encoding="utf-8").read().split("\n\n")
h, b = json.loads(head.split("\n")[1]), base64.b64decode(rest)
words = input("The eight words, whole, small, one blank between: ").encode()
key = hash_secret_raw(words, base64.b64decode(h["salt"]), h["passes"],
                      h["memory_kib"], h["lanes"], 32, Type.ID)
plain = AESGCM(key).decrypt(b[1:13], b[13:], b[:1] + head.encode())
for file in json.loads(plain)["files"]:
    print("==", file["path"]); print(file["text"])
