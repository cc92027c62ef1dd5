"""A store that speaks S3 and knows its users, for the tests: ends when its standard input does."""

import json
import os
import sys

os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"  # what is asked below; from then on keys count

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
port = server.get_host_and_port()[1]
asks = dict(
    endpoint_url=f"http://127.0.0.1:{port}",
    region_name="us-east-1",
    aws_access_key_id="nobody",
    aws_secret_access_key="nothing",
)
iam, s3 = boto3.client("iam", **asks), boto3.client("s3", **asks)
iam.create_user(UserName="muster")
key = iam.create_access_key(UserName="muster")["AccessKey"]
all_of_it = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [all_of_it]})
iam.put_user_policy(UserName="muster", PolicyName="all", PolicyDocument=policy)
s3.create_bucket(Bucket="muster")
print(port, key["AccessKeyId"], key["SecretAccessKey"], flush=True)
sys.stdin.read()
