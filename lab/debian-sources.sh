# Where this machine gets Debian from. Sourced by lab/install and lab/build, so that no mirror is named in this project:
# whatever mirror the machine's administrator chose serves the lab too.
# shellcheck shell=bash

# Prints one line "SUITE URI KEYRING" for each suite of each enabled Debian source with the component main, KEYRING being
# "-" when the source names none. Reads both the deb822 and the one-line format; argument: the apt directory (/etc/apt).
debian_sources() {
    local etc=${1:-/etc/apt} file
    for file in "$etc"/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        awk '
            function flush(    s, u, i, j) {
                if (field["types"] ~ /(^| )deb( |$)/ && field["components"] ~ /(^| )main( |$)/ && tolower(field["enabled"]) != "no") {
                    i = split(field["suites"], s, " "); j = split(field["uris"], u, " ")
                    for (i = 1; i in s; i++) for (j = 1; j in u; j++)
                        print s[i], u[j], (field["signed-by"] ~ /^\// ? field["signed-by"] : "-")
                }
                split("", field); name = ""
            }
            /^#/ { next }
            /^[[:space:]]*$/ { flush(); next }
            /^[[:space:]]/ { sub(/^[[:space:]]+/, ""); field[name] = field[name] " " $0; next }
            { name = tolower($0); sub(/:.*/, "", name); value = $0; sub(/^[^:]*:[[:space:]]*/, "", value); field[name] = value }
            END { flush() }' "$file"
    done
    for file in "$etc"/sources.list "$etc"/sources.list.d/*.list; do
        [ -r "$file" ] || continue
        awk '
            $1 != "deb" { next }
            {
                options = ""; line = $0; sub(/#.*/, "", line); sub(/^[[:space:]]*deb[[:space:]]+/, "", line)
                if (match(line, /^\[[^]]*\][[:space:]]*/)) { options = substr(line, 1, RLENGTH); line = substr(line, RLENGTH + 1) }
                keyring = "-"; if (match(options, /signed-by=[^] ,]*/)) keyring = substr(options, RSTART + 10, RLENGTH - 10)
                n = split(line, word, /[[:space:]]+/)
                for (i = 3; i <= n; i++) if (word[i] == "main") { print word[2], word[1], keyring; break }
            }' "$file"
    done
}

# Prints "URI KEYRING" of the first source that serves the suite; fails when there is none. Arguments: suite, apt directory.
debian_source_of() {
    debian_sources "${2:-/etc/apt}" | awk -v suite="$1" '$1 == suite && $2 !~ /^(cdrom|file):/ { print $2, $3; found = 1; exit } END { exit !found }'
}
