// The Go peer: grpc-go and its generated code, a server as it is by default.
package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"

	pb "exhook-bench-go/exhookv3"
)

const (
	preparedBytes = 64 * 1024
	// What a payload begins with that is left as it is.
	kept = 'k'
)

var (
	prepared = bytes.Repeat([]byte{'r'}, preparedBytes)
	empty    = &pb.EmptySuccess{}
	ignored  = &pb.ValuedResponse{Type: pb.ValuedResponse_IGNORE}
)

var hooks = []string{
	"client.connect", "client.connack", "client.connected", "client.disconnected",
	"client.authenticate", "client.authorize", "client.subscribe", "client.unsubscribe",
	"session.created", "session.subscribed", "session.unsubscribed", "session.resumed",
	"session.discarded", "session.takenover", "session.terminated", "message.ingress",
	"message.publish", "message.delivered", "message.dropped", "message.acked",
}

// The payload that replaces one of length bytes. No copy up to 64 KiB.
func replacement(length int) []byte {
	if length <= preparedBytes {
		return prepared[:length]
	}
	return bytes.Repeat([]byte{'r'}, length)
}

type peer struct {
	pb.UnimplementedHookProviderServer
}

func (peer) OnProviderLoaded(context.Context, *pb.ProviderLoadedRequest) (*pb.LoadedResponse, error) {
	answer := &pb.LoadedResponse{}
	for _, name := range hooks {
		answer.Hooks = append(answer.Hooks, &pb.HookSpec{Name: name})
	}
	return answer, nil
}

func (peer) OnClientAuthenticate(context.Context, *pb.ClientAuthenticateRequest) (*pb.ValuedResponse, error) {
	return &pb.ValuedResponse{
		Type:  pb.ValuedResponse_STOP_AND_RETURN,
		Value: &pb.ValuedResponse_BoolResult{BoolResult: true},
	}, nil
}

func (peer) OnClientAuthorize(context.Context, *pb.ClientAuthorizeRequest) (*pb.ValuedResponse, error) {
	return ignored, nil
}

func (peer) OnMessageIngress(context.Context, *pb.MessageIngressRequest) (*pb.ValuedResponse, error) {
	return ignored, nil
}

func (peer) OnMessagePublish(_ context.Context, request *pb.MessagePublishRequest) (*pb.ValuedResponse, error) {
	message := request.Message
	if len(message.Payload) > 0 && message.Payload[0] == kept {
		return ignored, nil
	}
	message.Payload = replacement(len(message.Payload))
	return &pb.ValuedResponse{
		Type:  pb.ValuedResponse_STOP_AND_RETURN,
		Value: &pb.ValuedResponse_Message{Message: message},
	}, nil
}

func (peer) OnProviderUnloaded(context.Context, *pb.ProviderUnloadedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnClientConnect(context.Context, *pb.ClientConnectRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnClientConnack(context.Context, *pb.ClientConnackRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnClientConnected(context.Context, *pb.ClientConnectedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnClientDisconnected(context.Context, *pb.ClientDisconnectedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnClientSubscribe(context.Context, *pb.ClientSubscribeRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnClientUnsubscribe(context.Context, *pb.ClientUnsubscribeRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnSessionCreated(context.Context, *pb.SessionCreatedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnSessionSubscribed(context.Context, *pb.SessionSubscribedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnSessionUnsubscribed(context.Context, *pb.SessionUnsubscribedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnSessionResumed(context.Context, *pb.SessionResumedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnSessionDiscarded(context.Context, *pb.SessionDiscardedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnSessionTakenover(context.Context, *pb.SessionTakenoverRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnSessionTerminated(context.Context, *pb.SessionTerminatedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnMessageDelivered(context.Context, *pb.MessageDeliveredRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnMessageDropped(context.Context, *pb.MessageDroppedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func (peer) OnMessageAcked(context.Context, *pb.MessageAckedRequest) (*pb.EmptySuccess, error) {
	return empty, nil
}

func serve(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	pb.RegisterHookProviderServer(server, peer{})
	ending := make(chan os.Signal, 1)
	signal.Notify(ending, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ending
		server.Stop()
	}()
	fmt.Printf("listening on %s\n", listener.Addr())
	return server.Serve(listener)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "give the address to listen on, for example 127.0.0.1:0")
		os.Exit(2)
	}
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
