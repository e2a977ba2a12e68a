package main

import (
	"cmp"
	"hash/fnv"
	"net/netip"
	"strings"
	"time"

	lictor "lictor.dev/vm"
)

// event is a line of Tetragon's export: one of its members is set.
type event struct {
	Exec    *body     `json:"process_exec"`
	Exit    *body     `json:"process_exit"`
	Kprobe  *body     `json:"process_kprobe"`
	Connect *body     `json:"process_connect"`
	Listen  *body     `json:"process_listen"`
	Accept  *body     `json:"process_accept"`
	Node    string    `json:"node_name"`
	Time    time.Time `json:"time"`
}

type body struct {
	Process         *process   `json:"process"`
	Parent          *process   `json:"parent"`
	Function        string     `json:"function_name"`
	Args            []argument `json:"args"`
	SourceIP        string     `json:"source_ip"`
	SourcePort      int64      `json:"source_port"`
	DestinationIP   string     `json:"destination_ip"`
	DestinationPort int64      `json:"destination_port"`
	IP              string     `json:"ip"`
	Port            int64      `json:"port"`
	Protocol        string     `json:"protocol"`
}

type argument struct {
	File *struct {
		Path string `json:"path"`
	} `json:"file_arg"`
}

type process struct {
	ExecID    string `json:"exec_id"`
	PID       int64  `json:"pid"`
	UID       *int64 `json:"uid"`
	Auid      *int64 `json:"auid"`
	Cwd       string `json:"cwd"`
	Binary    string `json:"binary"`
	Arguments string `json:"arguments"`
	Flags     string `json:"flags"`
	Pod       *pod   `json:"pod"`
	Docker    string `json:"docker"`
}

type pod struct {
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Labels    map[string]string `json:"pod_labels"`
	Container struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Image struct {
			Name string `json:"name"`
		} `json:"image"`
	} `json:"container"`
}

// unset is the login uid of a process that nobody logged in for.
const unset = 1<<32 - 1

// question is the kind that an event is about. Most system calls that Tetragon probes are none of ours.
func (e *event) question() (lictor.Kind, *body, bool) {
	switch {
	case e.Exec != nil:
		return lictor.KindExec, e.Exec, true
	case e.Exit != nil:
		return lictor.KindProcExit, e.Exit, true
	case e.Connect != nil:
		return lictor.KindNetConnect, e.Connect, true
	case e.Listen != nil:
		return lictor.KindNetListen, e.Listen, true
	case e.Accept != nil:
		return lictor.KindNetAccept, e.Accept, true
	case e.Kprobe != nil && e.Kprobe.file() != "" && strings.HasSuffix(e.Kprobe.Function, "_read"):
		return lictor.KindFileRead, e.Kprobe, true
	case e.Kprobe != nil && e.Kprobe.file() != "" && strings.HasSuffix(e.Kprobe.Function, "_write"):
		return lictor.KindFileWrite, e.Kprobe, true
	}
	return 0, nil, false
}

// file is the absolute path of the first argument that is a file.
func (b *body) file() string {
	for _, arg := range b.Args {
		if arg.File != nil && arg.File.Path != "" {
			return "/" + strings.TrimPrefix(arg.File.Path, "/")
		}
	}
	return ""
}

// object writes what the event is about.
func (b *body) object(kind lictor.Kind, record *lictor.Record) {
	if path := b.file(); path != "" && kind != lictor.KindExec {
		record.String(lictor.FieldFilePath, path)
	}
	if kind == lictor.KindExec && b.Parent != nil && !strings.Contains(b.Process.Flags, "clone") {
		record.String(lictor.FieldProcCallerPath, b.Parent.Binary) // the process was the parent's program before
	}
	address(record, lictor.FieldNetLocalIp, cmp.Or(b.SourceIP, b.IP))
	address(record, lictor.FieldNetRemoteIp, b.DestinationIP)
	number(record, lictor.FieldNetLocalPort, cmp.Or(b.SourcePort, b.Port))
	number(record, lictor.FieldNetRemotePort, b.DestinationPort)
	text(record, lictor.FieldNetProtocol, strings.ToLower(b.Protocol))
}

// facts of the process, which are put once and named by every event of it.
func (b *body) facts(record *lictor.Record) {
	p := b.Process
	record.Reset(lictor.KindFacts).Int(lictor.FieldProcPid, p.PID)
	text(record, lictor.FieldProcPath, p.Binary)
	text(record, lictor.FieldProcCmdline, p.commandLine())
	text(record, lictor.FieldProcCwd, p.Cwd)
	if p.UID != nil {
		record.Int(lictor.FieldProcUid, *p.UID)
	}
	if p.Auid != nil && *p.Auid != unset {
		record.Int(lictor.FieldProcLoginuid, *p.Auid)
	}
	if b.Parent != nil {
		record.Int(lictor.FieldProcPpid, b.Parent.PID)
		text(record, lictor.FieldProcPpath, b.Parent.Binary)
		text(record, lictor.FieldProcPcmdline, b.Parent.commandLine())
	}
}

// facts of the workload; without a pod it is the host, of which only the node's name is known.
func (p *pod) facts(node string, record *lictor.Record) {
	record.Reset(lictor.KindFacts)
	text(record, lictor.FieldK8sNode, node)
	if p == nil {
		return
	}
	text(record, lictor.FieldContainerId, p.Container.ID[strings.LastIndex(p.Container.ID, "/")+1:])
	text(record, lictor.FieldContainerName, p.Container.Name)
	text(record, lictor.FieldContainerImage, p.Container.Image.Name)
	text(record, lictor.FieldK8sNamespace, p.Namespace)
	text(record, lictor.FieldK8sPod, p.Name)
	if len(p.Labels) > 0 {
		var pairs []string
		for name, value := range p.Labels {
			pairs = append(pairs, name, value)
		}
		record.List(lictor.FieldK8sLabels, pairs...)
	}
}

func (p *process) commandLine() string { return strings.TrimSpace(p.Binary + " " + p.Arguments) }

// key of facts: any number but 0 that is the same for the same process, or the same workload.
func key(parts ...string) uint64 {
	hash := fnv.New64a()
	for _, part := range parts {
		hash.Write([]byte(part + "\x00"))
	}
	return max(hash.Sum64(), 1)
}

// What an event does not say is left out: a field that is absent matches nothing.

func text(record *lictor.Record, field lictor.Field, value string) {
	if value != "" {
		record.String(field, value)
	}
}

func number(record *lictor.Record, field lictor.Field, value int64) {
	if value != 0 {
		record.Int(field, value)
	}
}

func address(record *lictor.Record, field lictor.Field, value string) {
	if addr, err := netip.ParseAddr(value); err == nil {
		record.Addr(field, addr)
	}
}
