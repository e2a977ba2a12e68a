#!/bin/bash
# What the shipped trace shows: a small program is built and tested, then somebody misuses the machine. Nothing outside
# a directory of its own is changed: files of the system are opened for appending, and nothing is appended.
set -u
work=$(mktemp -d /tmp/build-XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work"

# an ordinary build
units=(scan lex parse check plan emit bind_all run)
for unit in "${units[@]}"; do
  printf '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nint %s(int n) { return n + (int)strlen("%s"); }\n' \
    "$unit" "$unit" >"$unit.c"
done
printf '#include <stdio.h>\nint lex(int), parse(int), run(int);\nint main(void) { printf("%%d\\n", run(parse(lex(0)))); }\n' >main.c
for unit in "${units[@]}" main; do gcc -O1 -Wall -c "$unit.c" -o "$unit.o"; done
mkdir -p out && gcc ./*.o -o out/tool
mv out/tool out/program && chmod 755 out/program && ln -s program out/current
install -m 644 main.c out/main.c && tar cf out/source.tar ./*.c && rm -f ./*.o
find /usr/include/linux -name 'i*.h' -exec grep -l ioctl {} + >headers.txt

# somebody looks around
cat /etc/passwd /etc/group >/dev/null
cat /etc/shadow >/dev/null

# somebody stays
: >>/etc/profile
: >>/etc/passwd
: >>/usr/bin/yes

# somebody calls out: UDP sockets, so that nothing leaves the machine
bash -c 'exec 3<>/dev/udp/169.254.169.254/80'
bash -c 'exec 3<>/dev/udp/127.0.0.1/3333'

# somebody brings a program along, and a server starts a shell
cp /usr/bin/true "$work/xmrig" && "$work/xmrig"
cp /usr/bin/bash "$work/nginx" && "$work/nginx" -c 'sh -c id; :' >/dev/null
exit 0
