# Makes a PostgreSQL server in the folder $2 with the programs in $1, says "ready", and stops it when its own
# standard input ends.
set -e
umask 077
programs=$1 dir=$2 data=$2/data memory=/dev/shm
# In memory a database is made ten times as quickly; a container may have next to none of it. In KB.
free=$(df -Pk $memory 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ -w $memory ] && [ "${free:-0}" -gt 2000000 ]; then
	data=$(mktemp -d $memory/postgres.XXXXXX)
fi
trap 'rm -rf "$data"' EXIT

make_cluster() { # "$@": what sorts text; the log of a failed try is overwritten by the next
	rm -rf "$data"
	"$programs/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 -D "$data" "$@" >"$dir/log" 2>&1
}
make_cluster --locale=C --locale-provider=icu --icu-locale=kk || make_cluster --locale=C
"$programs/pg_ctl" -D "$data" -l "$dir/log" -w -o "-k '$dir' -c listen_addresses='' -c max_connections=200 \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off" start >/dev/null
echo ready
cat >/dev/null
"$programs/pg_ctl" -D "$data" -m immediate stop >/dev/null
rm -rf "$dir"
