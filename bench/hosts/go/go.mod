module lictor.dev/bench/hosts/go

go 1.25.0

require lictor.dev/vm v0.0.0

require (
	github.com/tetratelabs/wazero v1.12.0 // indirect
	github.com/vmihailenco/msgpack/v5 v5.4.1 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
	golang.org/x/sys v0.44.0 // indirect
)

replace lictor.dev/vm => ../../../vm/hosts/go
