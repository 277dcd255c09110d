// What is read from requests: every part and every list, through its own class.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "served.hpp"
#include "support/sample.h"

namespace {

void check_path(std::string_view actual, const std::string &path) {
  check_text(exhook_str{actual.data(), actual.size()}, path.c_str());
}

void check_meta(const std::optional<exhook::RequestMeta> &meta) {
  REQUIRE(meta.has_value());
  check_path(meta->node(), "meta.node");
  check_path(meta->version(), "meta.version");
  check_path(meta->sysdescr(), "meta.sysdescr");
  check_path(meta->cluster_name(), "meta.cluster_name");
}

void check_clientinfo(const exhook::ClientInfo &client) {
  check_path(client.node(), "clientinfo.node");
  check_path(client.clientid(), "clientinfo.clientid");
  check_path(client.username(), "clientinfo.username");
  check_path(client.password(), "clientinfo.password");
  check_path(client.peerhost(), "clientinfo.peerhost");
  check_u32(client.sockport(), "clientinfo.sockport");
  check_path(client.protocol(), "clientinfo.protocol");
  check_path(client.mountpoint(), "clientinfo.mountpoint");
  CHECK(client.is_superuser());
  CHECK(client.anonymous());
  check_path(client.cn(), "clientinfo.cn");
  check_path(client.dn(), "clientinfo.dn");
  check_u32(client.peerport(), "clientinfo.peerport");
}

void check_message(const exhook::Message &message) {
  check_path(message.node(), "message.node");
  check_path(message.id(), "message.id");
  check_u32(message.qos(), "message.qos");
  check_path(message.from(), "message.from");
  check_path(message.topic(), "message.topic");
  const std::string payload(message.payload());
  CHECK(payload == std::string("message.payload\0message.payload", 31));
  check_u64(message.timestamp(), "message.timestamp");
  const auto headers = message.headers();
  CHECK_NUMBER(headers.size(), SAMPLE_MAP);
  check_path(headers.find("message.headers[1].name"), "message.headers[1].value");
  CHECK_EQUAL(headers.find("nothing"), "");
}

template <class List>
void check_properties(const List &list, const std::string &name) {
  CHECK_NUMBER(list.size(), SAMPLE_LIST);
  CHECK(!list.empty());
  std::size_t index = 0;
  for (const auto [key, value] : list) {
    const std::string path = name + "[" + std::to_string(index++) + "]";
    check_path(key, path + ".name");
    check_path(value, path + ".value");
  }
  CHECK_NUMBER(index, SAMPLE_LIST);
  check_path(list[2].name(), name + "[2].name");
  check_path(list[2].value(), name + "[2].value");
  check_path(list.find(name + "[1].name"), name + "[1].value");
  const auto last = [&](const exhook::Property &each) { return each.name() == name + "[2].name"; };
  CHECK(std::find_if(list.begin(), list.end(), last) != list.end());
  CHECK_NUMBER(std::distance(list.begin(), list.end()), SAMPLE_LIST);
}

void check_subopts(const exhook::SubOpts &options, const std::string &path) {
  check_u32(options.qos(), (path + ".qos").c_str());
  check_u32(options.rh(), (path + ".rh").c_str());
  check_u32(options.rap(), (path + ".rap").c_str());
  check_u32(options.nl(), (path + ".nl").c_str());
}

void clients_are_read_with_what_all_requests_have() {
  Count seen;
  exhook::App app;
  app.on_client_authenticate([&](const exhook::ClientAuthenticateRequest &request) {
    CHECK_EQUAL(request.hook(), "client.authenticate");
    CHECK_NUMBER(request.package(), 3);
    check_path(request.clientid(), "clientinfo.clientid");
    CHECK_EQUAL(request.topic(), "");
    CHECK(!request.node().empty());
    CHECK(request.remaining_ms() > 0);
    CHECK(request.is_wanted());
    CHECK(request.result());
    check_clientinfo(request.clientinfo());
    check_meta(request.meta());
    seen.add();
  });
  Broker(app).call_sample("client.authenticate");
  seen.wait(1);
}

void the_type_of_an_authorization_is_an_enum() {
  Count seen;
  exhook::App app;
  app.on_client_authorize([&](const exhook::ClientAuthorizeRequest &request) {
    CHECK(request.type() == exhook::AuthorizeType::subscribe);
    check_path(request.topic(), "topic");
    check_clientinfo(request.clientinfo());
    seen.add();
  });
  Broker(app).call_sample("client.authorize");
  seen.wait(1);
}

void connections_and_brokers_are_read() {
  Count seen;
  exhook::App app;
  app.on_client_connack([&](const exhook::ClientConnackRequest &request) {
    const exhook::ConnInfo connection = request.conninfo();
    check_path(connection.node(), "conninfo.node");
    check_path(connection.clientid(), "conninfo.clientid");
    check_path(connection.username(), "conninfo.username");
    check_path(connection.peerhost(), "conninfo.peerhost");
    check_u32(connection.sockport(), "conninfo.sockport");
    check_path(connection.proto_name(), "conninfo.proto_name");
    check_path(connection.proto_ver(), "conninfo.proto_ver");
    check_u32(connection.keepalive(), "conninfo.keepalive");
    check_u32(connection.peerport(), "conninfo.peerport");
    check_path(request.result_code(), "result_code");
    CHECK(!request.remaining_ms().has_value());
    check_properties(request.props(), "props");
    check_properties(request.user_props(), "user_props");
    seen.add();
  });
  app.on_provider_loaded([&](const exhook::ProviderLoadedRequest &request) {
    check_path(request.broker().version(), "broker.version");
    check_path(request.broker().sysdescr(), "broker.sysdescr");
    check_i64(request.broker().uptime(), "broker.uptime");
    check_path(request.broker().datetime(), "broker.datetime");
    seen.add();
  });
  const Broker broker(app);
  broker.call_sample("client.connack");
  broker.call_sample("provider.loaded");
  seen.wait(2);
}

void subscriptions_are_lists_of_filters_with_options() {
  Count seen;
  exhook::App app;
  app.on_client_subscribe([&](const exhook::ClientSubscribeRequest &request) {
    std::size_t index = 0;
    for (const exhook::TopicFilter filter : request.topic_filters()) {
      const std::string path = "topic_filters[" + std::to_string(index++) + "]";
      check_path(filter.name(), path + ".name");
      check_subopts(filter.subopts(), path + ".subopts");
    }
    CHECK_NUMBER(index, SAMPLE_LIST);
    check_path(request.topic_filters()[1].name(), "topic_filters[1].name");
    CHECK_EQUAL(request.topic_filters()[3].name(), "");
    seen.add();
  });
  app.on_session_subscribed([&](const exhook::SessionSubscribedRequest &request) {
    check_path(request.topic(), "topic");
    check_subopts(request.subopts(), "subopts");
    seen.add();
  });
  const Broker broker(app);
  broker.call_sample("client.subscribe");
  broker.call_sample("session.subscribed");
  seen.wait(2);
}

void messages_are_read_with_their_headers() {
  Count seen;
  exhook::App app;
  app.on_message_publish([&](const exhook::MessagePublishRequest &request) {
    check_message(request.message());
    check_path(request.topic(), "message.topic");
    check_path(request.clientid(), "message.from");
    check_properties(request.props(), "props");
    seen.add();
  });
  app.on_message_dropped("message.topic", [&](const exhook::MessageDroppedRequest &request) {
    check_message(request.message());
    check_path(request.reason(), "reason");
    seen.add();
  });
  const Broker broker(app);
  broker.call_sample("message.publish");
  broker.call_sample("message.dropped");
  seen.wait(2);
}

void a_handler_of_all_requests_serves_several_hooks() {
  Count seen;
  exhook::App app;
  const auto note = [&](const exhook::Request &request) {
    CHECK_EQUAL(request.clientid(), request.hook());
    seen.add();
  };
  app.on_client_connected(note).on_client_disconnected(note);
  const Broker broker(app);
  broker.call("client.connected", "client.connected");
  broker.call("client.disconnected", "client.disconnected");
  seen.wait(2);
}

void older_brokers_have_no_meta() {
  Count seen;
  exhook::App app;
  app.on_client_connected([&](const exhook::ClientConnectedRequest &request) {
    CHECK_NUMBER(request.package(), 1);
    CHECK(!request.meta().has_value());
    CHECK_EQUAL(request.clientinfo().clientid(), "old");
    seen.add();
  });
  Broker(app, 1).call("client.connected", "old");
  seen.wait(1);
}

} // namespace

TEST_MAIN(TEST(clients_are_read_with_what_all_requests_have),
          TEST(the_type_of_an_authorization_is_an_enum), TEST(connections_and_brokers_are_read),
          TEST(subscriptions_are_lists_of_filters_with_options),
          TEST(messages_are_read_with_their_headers),
          TEST(a_handler_of_all_requests_serves_several_hooks), TEST(older_brokers_have_no_meta))
