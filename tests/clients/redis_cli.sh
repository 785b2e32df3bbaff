#!/usr/bin/env bash
# redis-cli with a command on its command line or on standard input, in all its formats, as a
# transcript: redis_cli.sh HOST PORT
set -u
# shellcheck source=tests/clients/lib-transcript.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-transcript.sh"

one_command() {
    show PING
    show SET k "two words"
    show GET k
    show GET k
    show GET none
    show EXISTS k none
    show RPUSH l a b c
    show LRANGE l 0 -1
    show HSET h f v g w
    show HGETALL h
    show SADD s m
    show ZADD z 1.5 m
    show ZRANGE z 0 -1 WITHSCORES
    show LPUSH k x
    show NOSUCH command
    show GET
    show SELECT 1
    show EVAL 'return {1,{2,"x"},false}' 0
    show CONFIG GET appendonly
    show COMMAND COUNT
    show COMMAND INFO get
    show COMMAND DOCS get
    show CLIENT GETNAME
    show XADD st 1-1 f v
    show XRANGE st - +
    show MULTI
    show EXEC
    show BLPOP l 1
    show BLPOP none 0.05
    show OBJECT HELP
    show WAIT 0 10
    show TYPE z
    show DBSIZE
    show LOLWUT VERSION 5 1 1 1
}

formats() {
    local format commands
    commands='GET k\nGET none\nHGETALL h\nLRANGE l 0 -1\nSMEMBERS s\nZSCORE z m\nINCR n\nPING\n'
    commands+='ZRANGE z 0 -1 WITHSCORES\nXRANGE st - +\nCONFIG GET appendonly\nLPUSH k x\n'
    commands+='COMMAND INFO get\nEVAL "redis.setresp(3) return {double=0.5}" 0\n'
    commands+='EVAL "redis.setresp(3) return {map={a=1}}" 0\n'
    commands+='EVAL "redis.setresp(3) return {set={a=true}}" 0\n'
    commands+='EVAL "redis.setresp(3) return {verbatim_string={string=[[x]], format=[[mkd]]}}" 0\n'
    commands+='EVAL "redis.setresp(3) return true" 0\nEVAL "return {1,{2,{}},false}" 0\n'
    for format in --raw --no-raw --csv --json --quoted-json -2 -3; do
        show_input "$commands" "$format"
        show "$format" HGETALL h
        show "$format" LPUSH k x
        show "$format" GET none
    done
    show_input "$commands" -3 --no-raw
    # Not every redis-cli can print one.
    show -3 EVAL 'redis.setresp(3) return {big_number="12345678901234567890"}' 0
    show -3 --no-raw HGETALL h
    show -3 --no-raw SMEMBERS s
    show -d , LRANGE l 0 -1
    show -D ';' -r 2 LRANGE l 0 -1
    show -e GET k
    show -e LPUSH k x
    show -e NOSUCH
}

options() {
    show -n 1 SET k "in 1"
    show -n 1 GET k
    show -n 1 GET k
    show GET k
    show -n 1 -3 GET k
    show -n 99 GET k
    show -n 1 DBSIZE
    show -r 3 INCR counted
    show -r 3 -i 0.01 INCR counted
    show -a wrong GET k
    show -a wrong --no-auth-warning GET k
    show --user nobody -a wrong GET k
    show --user default --pass any GET k
    show -3 -a wrong GET k
    show --quoted-input SET '"null-\x00-and-\xff"' '"\r\n"'
    show --quoted-input STRLEN '"null-\x00-and-\xff"'
    show --quoted-input --no-raw GET '"null-\x00-and-\xff"'
    show_input 'from standard input\n' -x SET stdin
    show --no-raw GET stdin
    show_input '\0 binary' -X tag SET tag1 tag
    show --no-raw GET tag1
    show -c SET clustered yes
    show -c GET clustered
    all_of timeout 30 redis-cli -u "redis://$host:$port/1" GET k | report "-u .../1 GET k"
    all_of timeout 30 redis-cli --cluster info "$host:$port" | report "--cluster info"
    # shellcheck disable=SC2016  # Lua
    printf 'return {KEYS[1], ARGV[1], redis.call("GET", KEYS[1])}' >"$workspace/script.lua"
    cli --eval "$workspace/script.lua" k , argument | report "--eval script.lua k , argument"
    cli -3 --eval "$workspace/script.lua" k , argument | report "-3 --eval script.lua"
    printf 'return nosuch' >"$workspace/wrong.lua"
    cli --eval "$workspace/wrong.lua" | report "--eval wrong.lua"
}

from_standard_input() {
    show_input 'SET k 1\nGET k\nINCR k\nGET k\n'
    show_input 'GET k\nSELECT 1\nGET k\nSELECT 0\nGET k\nNOSUCH\nGET\nGET k\n'
    show_input 'MULTI\nSET k 7\nGET k\nEXEC\nGET k\nMULTI\nSET k 8\nDISCARD\nGET k\n'
    show_input 'WATCH k\nMULTI\nSET k 9\nEXEC\nGET k\nMULTI\nNOSUCH\nEXEC\n'
    show_input 'SET q "with \\"quotes\\" and \\\\x41"\nGET q\n3 INCR q3\n\n# no command\nGET q3\n'
    show_input 'CLIENT SETNAME piped\nCLIENT GETNAME\nRESET\nCLIENT GETNAME\nECHO x\n'
    show_input 'BLPOP none 0.05\nGET k\nWAIT 0 10\nGET k\n'
    show_input 'SCRIPT LOAD "return 1"\nEVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0\n'
    awk 'BEGIN { for (i = 0; i < 2000; i++) print "SET p" i % 10, i "\nGET p" i % 10 }' |
        cli | cksum | report "4000 commands"
}

cli FLUSHALL | report FLUSHALL
one_command
formats
options
from_standard_input
