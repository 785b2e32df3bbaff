"""Ordinary use of redis-py, as a transcript: redis_py.py HOST PORT"""

import sys

import redis

import connections
import data_types
import keys
import messages
import scripting
import transactions

PARTS = [data_types, keys, transactions, scripting, messages, connections]


def main():
    host, port = sys.argv[1], int(sys.argv[2])

    def connect(**options):
        return redis.Redis(host=host, port=port, socket_timeout=10, **options)

    for part in PARTS:
        connect().flushall()
        part.run(connect)


if __name__ == "__main__":
    main()
