#!/bin/sh
# One process with all parts of SeaweedFS, and one key that may do everything.
set -eu
umask 077
cat > /tmp/s3.json <<JSON
{"identities": [{"name": "vireo",
  "credentials": [{"accessKey": "$S3_ACCESS_KEY", "secretKey": "$S3_SECRET_KEY"}],
  "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
JSON
exec weed server -dir=/data -s3 -s3.port=8333 -s3.config=/tmp/s3.json
