# Makes a PostgreSQL server in the folder $2 with the programs in $1, says "ready", and stops it when its own
# standard input ends.
set -e
umask 077
initdb() { # what sorts text; the log of a failed try is overwritten by the next
	rm -rf "$dir/data"
	"$programs/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 -D "$dir/data" "$@" >"$dir/log" 2>&1
}
programs=$1 dir=$2
initdb --locale=C --locale-provider=icu --icu-locale=kk || initdb --locale=C
"$programs/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-k '$dir' -c listen_addresses='' -c max_connections=200 \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off" start >/dev/null
echo ready
cat >/dev/null
"$programs/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null
rm -rf "$dir"
