#!/usr/bin/env bash
# Packs what `make build` made into OUT: a tarball that runs from whatever folder it is unpacked in, and
# its digest. The same sources and binary make the same bytes.
#
#   packaging/dist.sh BINARY SITE OUT
set -euo pipefail
binary=$1 site=$2 out=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=$("$binary" --version | cut -d' ' -f2)
name=jianma-$version-$(uname -m)-linux
made=$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)

draft=$(mktemp -d)
trap 'rm -rf "$draft"' EXIT
folder=$draft/$name
install -D -m 0755 "$binary" "$folder/bin/jianma"
cp -r "$site" "$folder/site"
cp -r "$here/packaging" "$here/docs" "$here"/{README.md,README.zh.md,CHANGELOG.md,CONTRIBUTING.md,SECURITY.md,LICENSE-MIT,LICENSE-APACHE} "$folder/"
# Catalogues, policies and mappings: what an operator's own are begun from.
mkdir -p "$folder/domain" "$folder/server/intake"
cp -r "$here/domain/data" "$folder/domain/data"
cp -r "$here/server/intake/mappings" "$folder/server/intake/mappings"
rm "$folder"/packaging/{Dockerfile,Dockerfile.dockerignore,dist.sh} # they want the sources
chmod -R u=rwX,go=rX "$folder"

mkdir -p "$out"
# Those of other versions would be unpacked for this one.
rm -f "$out"/jianma-*-linux.tar.gz "$out"/jianma-*-linux.tar.gz.sha256
tar --create --sort=name --mtime="@$made" --owner=0 --group=0 --numeric-owner \
  --directory "$draft" "$name" | gzip --no-name >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
