/* generated, do not edit, run `make gen` */
/* Every accessor, with a request of each hook in which every field is set. */

#include "support/sample.h"
#include "support/test.h"

static void check_provider_loaded(const exhook_call *call) {
  check_text(exhook_call_broker_version(call), "broker.version");
  check_text(exhook_call_broker_sysdescr(call), "broker.sysdescr");
  check_i64(exhook_call_broker_uptime(call), "broker.uptime");
  check_text(exhook_call_broker_datetime(call), "broker.datetime");
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
}

static void every_field_of_provider_loaded_is_read(void) {
  sample_test(EXHOOK_HOOK_PROVIDER_LOADED, "provider.loaded", check_provider_loaded);
}

static void check_provider_unloaded(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
}

static void every_field_of_provider_unloaded_is_read(void) {
  sample_test(EXHOOK_HOOK_PROVIDER_UNLOADED, "provider.unloaded", check_provider_unloaded);
}

static void check_client_connect(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_conninfo_node(call), "conninfo.node");
  check_text(exhook_call_conninfo_clientid(call), "conninfo.clientid");
  check_text(exhook_call_conninfo_username(call), "conninfo.username");
  check_text(exhook_call_conninfo_peerhost(call), "conninfo.peerhost");
  check_u32(exhook_call_conninfo_sockport(call), "conninfo.sockport");
  check_text(exhook_call_conninfo_proto_name(call), "conninfo.proto_name");
  check_text(exhook_call_conninfo_proto_ver(call), "conninfo.proto_ver");
  check_u32(exhook_call_conninfo_keepalive(call), "conninfo.keepalive");
  check_u32(exhook_call_conninfo_peerport(call), "conninfo.peerport");
  check_count(exhook_call_props_count(call), 3, "props");
  check_text(exhook_call_props_name_at(call, 0), "props[0].name");
  check_text(exhook_call_props_name_at(call, 1), "props[1].name");
  check_text(exhook_call_props_name_at(call, 2), "props[2].name");
  check_text(exhook_call_props_value_at(call, 0), "props[0].value");
  check_text(exhook_call_props_value_at(call, 1), "props[1].value");
  check_text(exhook_call_props_value_at(call, 2), "props[2].value");
  check_count(exhook_call_user_props_count(call), 3, "user_props");
  check_text(exhook_call_user_props_name_at(call, 0), "user_props[0].name");
  check_text(exhook_call_user_props_name_at(call, 1), "user_props[1].name");
  check_text(exhook_call_user_props_name_at(call, 2), "user_props[2].name");
  check_text(exhook_call_user_props_value_at(call, 0), "user_props[0].value");
  check_text(exhook_call_user_props_value_at(call, 1), "user_props[1].value");
  check_text(exhook_call_user_props_value_at(call, 2), "user_props[2].value");
}

static void every_field_of_client_connect_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_CONNECT, "client.connect", check_client_connect);
}

static void check_client_connack(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_conninfo_node(call), "conninfo.node");
  check_text(exhook_call_conninfo_clientid(call), "conninfo.clientid");
  check_text(exhook_call_conninfo_username(call), "conninfo.username");
  check_text(exhook_call_conninfo_peerhost(call), "conninfo.peerhost");
  check_u32(exhook_call_conninfo_sockport(call), "conninfo.sockport");
  check_text(exhook_call_conninfo_proto_name(call), "conninfo.proto_name");
  check_text(exhook_call_conninfo_proto_ver(call), "conninfo.proto_ver");
  check_u32(exhook_call_conninfo_keepalive(call), "conninfo.keepalive");
  check_u32(exhook_call_conninfo_peerport(call), "conninfo.peerport");
  check_count(exhook_call_props_count(call), 3, "props");
  check_text(exhook_call_props_name_at(call, 0), "props[0].name");
  check_text(exhook_call_props_name_at(call, 1), "props[1].name");
  check_text(exhook_call_props_name_at(call, 2), "props[2].name");
  check_text(exhook_call_props_value_at(call, 0), "props[0].value");
  check_text(exhook_call_props_value_at(call, 1), "props[1].value");
  check_text(exhook_call_props_value_at(call, 2), "props[2].value");
  check_count(exhook_call_user_props_count(call), 3, "user_props");
  check_text(exhook_call_user_props_name_at(call, 0), "user_props[0].name");
  check_text(exhook_call_user_props_name_at(call, 1), "user_props[1].name");
  check_text(exhook_call_user_props_name_at(call, 2), "user_props[2].name");
  check_text(exhook_call_user_props_value_at(call, 0), "user_props[0].value");
  check_text(exhook_call_user_props_value_at(call, 1), "user_props[1].value");
  check_text(exhook_call_user_props_value_at(call, 2), "user_props[2].value");
  check_text(exhook_call_result_code(call), "result_code");
}

static void every_field_of_client_connack_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_CONNACK, "client.connack", check_client_connack);
}

static void check_client_connected(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
}

static void every_field_of_client_connected_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_CONNECTED, "client.connected", check_client_connected);
}

static void check_client_disconnected(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_text(exhook_call_reason(call), "reason");
}

static void every_field_of_client_disconnected_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_DISCONNECTED, "client.disconnected", check_client_disconnected);
}

static void check_client_authenticate(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_bool(exhook_call_result(call), "result");
}

static void every_field_of_client_authenticate_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_AUTHENTICATE, "client.authenticate", check_client_authenticate);
}

static void check_client_authorize(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_bool(exhook_call_result(call), "result");
  check_enum(exhook_call_type(call), EXHOOK_AUTHORIZE_SUBSCRIBE, "type");
}

static void every_field_of_client_authorize_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_AUTHORIZE, "client.authorize", check_client_authorize);
}

static void check_client_subscribe(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_count(exhook_call_props_count(call), 3, "props");
  check_text(exhook_call_props_name_at(call, 0), "props[0].name");
  check_text(exhook_call_props_name_at(call, 1), "props[1].name");
  check_text(exhook_call_props_name_at(call, 2), "props[2].name");
  check_text(exhook_call_props_value_at(call, 0), "props[0].value");
  check_text(exhook_call_props_value_at(call, 1), "props[1].value");
  check_text(exhook_call_props_value_at(call, 2), "props[2].value");
  check_count(exhook_call_user_props_count(call), 3, "user_props");
  check_text(exhook_call_user_props_name_at(call, 0), "user_props[0].name");
  check_text(exhook_call_user_props_name_at(call, 1), "user_props[1].name");
  check_text(exhook_call_user_props_name_at(call, 2), "user_props[2].name");
  check_text(exhook_call_user_props_value_at(call, 0), "user_props[0].value");
  check_text(exhook_call_user_props_value_at(call, 1), "user_props[1].value");
  check_text(exhook_call_user_props_value_at(call, 2), "user_props[2].value");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_count(exhook_call_topic_filters_count(call), 3, "topic_filters");
  check_text(exhook_call_topic_filters_name_at(call, 0), "topic_filters[0].name");
  check_text(exhook_call_topic_filters_name_at(call, 1), "topic_filters[1].name");
  check_text(exhook_call_topic_filters_name_at(call, 2), "topic_filters[2].name");
  check_u32(exhook_call_topic_filters_subopts_qos_at(call, 0), "topic_filters[0].subopts.qos");
  check_u32(exhook_call_topic_filters_subopts_qos_at(call, 1), "topic_filters[1].subopts.qos");
  check_u32(exhook_call_topic_filters_subopts_qos_at(call, 2), "topic_filters[2].subopts.qos");
  check_u32(exhook_call_topic_filters_subopts_rh_at(call, 0), "topic_filters[0].subopts.rh");
  check_u32(exhook_call_topic_filters_subopts_rh_at(call, 1), "topic_filters[1].subopts.rh");
  check_u32(exhook_call_topic_filters_subopts_rh_at(call, 2), "topic_filters[2].subopts.rh");
  check_u32(exhook_call_topic_filters_subopts_rap_at(call, 0), "topic_filters[0].subopts.rap");
  check_u32(exhook_call_topic_filters_subopts_rap_at(call, 1), "topic_filters[1].subopts.rap");
  check_u32(exhook_call_topic_filters_subopts_rap_at(call, 2), "topic_filters[2].subopts.rap");
  check_u32(exhook_call_topic_filters_subopts_nl_at(call, 0), "topic_filters[0].subopts.nl");
  check_u32(exhook_call_topic_filters_subopts_nl_at(call, 1), "topic_filters[1].subopts.nl");
  check_u32(exhook_call_topic_filters_subopts_nl_at(call, 2), "topic_filters[2].subopts.nl");
}

static void every_field_of_client_subscribe_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_SUBSCRIBE, "client.subscribe", check_client_subscribe);
}

static void check_client_unsubscribe(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_count(exhook_call_props_count(call), 3, "props");
  check_text(exhook_call_props_name_at(call, 0), "props[0].name");
  check_text(exhook_call_props_name_at(call, 1), "props[1].name");
  check_text(exhook_call_props_name_at(call, 2), "props[2].name");
  check_text(exhook_call_props_value_at(call, 0), "props[0].value");
  check_text(exhook_call_props_value_at(call, 1), "props[1].value");
  check_text(exhook_call_props_value_at(call, 2), "props[2].value");
  check_count(exhook_call_user_props_count(call), 3, "user_props");
  check_text(exhook_call_user_props_name_at(call, 0), "user_props[0].name");
  check_text(exhook_call_user_props_name_at(call, 1), "user_props[1].name");
  check_text(exhook_call_user_props_name_at(call, 2), "user_props[2].name");
  check_text(exhook_call_user_props_value_at(call, 0), "user_props[0].value");
  check_text(exhook_call_user_props_value_at(call, 1), "user_props[1].value");
  check_text(exhook_call_user_props_value_at(call, 2), "user_props[2].value");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_count(exhook_call_topic_filters_count(call), 3, "topic_filters");
  check_text(exhook_call_topic_filters_name_at(call, 0), "topic_filters[0].name");
  check_text(exhook_call_topic_filters_name_at(call, 1), "topic_filters[1].name");
  check_text(exhook_call_topic_filters_name_at(call, 2), "topic_filters[2].name");
  check_u32(exhook_call_topic_filters_subopts_qos_at(call, 0), "topic_filters[0].subopts.qos");
  check_u32(exhook_call_topic_filters_subopts_qos_at(call, 1), "topic_filters[1].subopts.qos");
  check_u32(exhook_call_topic_filters_subopts_qos_at(call, 2), "topic_filters[2].subopts.qos");
  check_u32(exhook_call_topic_filters_subopts_rh_at(call, 0), "topic_filters[0].subopts.rh");
  check_u32(exhook_call_topic_filters_subopts_rh_at(call, 1), "topic_filters[1].subopts.rh");
  check_u32(exhook_call_topic_filters_subopts_rh_at(call, 2), "topic_filters[2].subopts.rh");
  check_u32(exhook_call_topic_filters_subopts_rap_at(call, 0), "topic_filters[0].subopts.rap");
  check_u32(exhook_call_topic_filters_subopts_rap_at(call, 1), "topic_filters[1].subopts.rap");
  check_u32(exhook_call_topic_filters_subopts_rap_at(call, 2), "topic_filters[2].subopts.rap");
  check_u32(exhook_call_topic_filters_subopts_nl_at(call, 0), "topic_filters[0].subopts.nl");
  check_u32(exhook_call_topic_filters_subopts_nl_at(call, 1), "topic_filters[1].subopts.nl");
  check_u32(exhook_call_topic_filters_subopts_nl_at(call, 2), "topic_filters[2].subopts.nl");
}

static void every_field_of_client_unsubscribe_is_read(void) {
  sample_test(EXHOOK_HOOK_CLIENT_UNSUBSCRIBE, "client.unsubscribe", check_client_unsubscribe);
}

static void check_session_created(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
}

static void every_field_of_session_created_is_read(void) {
  sample_test(EXHOOK_HOOK_SESSION_CREATED, "session.created", check_session_created);
}

static void check_session_subscribed(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_u32(exhook_call_subopts_qos(call), "subopts.qos");
  check_u32(exhook_call_subopts_rh(call), "subopts.rh");
  check_u32(exhook_call_subopts_rap(call), "subopts.rap");
  check_u32(exhook_call_subopts_nl(call), "subopts.nl");
}

static void every_field_of_session_subscribed_is_read(void) {
  sample_test(EXHOOK_HOOK_SESSION_SUBSCRIBED, "session.subscribed", check_session_subscribed);
}

static void check_session_unsubscribed(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
}

static void every_field_of_session_unsubscribed_is_read(void) {
  sample_test(EXHOOK_HOOK_SESSION_UNSUBSCRIBED, "session.unsubscribed", check_session_unsubscribed);
}

static void check_session_resumed(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
}

static void every_field_of_session_resumed_is_read(void) {
  sample_test(EXHOOK_HOOK_SESSION_RESUMED, "session.resumed", check_session_resumed);
}

static void check_session_discarded(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
}

static void every_field_of_session_discarded_is_read(void) {
  sample_test(EXHOOK_HOOK_SESSION_DISCARDED, "session.discarded", check_session_discarded);
}

static void check_session_takenover(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
}

static void every_field_of_session_takenover_is_read(void) {
  sample_test(EXHOOK_HOOK_SESSION_TAKENOVER, "session.takenover", check_session_takenover);
}

static void check_session_terminated(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_text(exhook_call_reason(call), "reason");
}

static void every_field_of_session_terminated_is_read(void) {
  sample_test(EXHOOK_HOOK_SESSION_TERMINATED, "session.terminated", check_session_terminated);
}

static void check_message_publish(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_count(exhook_call_props_count(call), 3, "props");
  check_text(exhook_call_props_name_at(call, 0), "props[0].name");
  check_text(exhook_call_props_name_at(call, 1), "props[1].name");
  check_text(exhook_call_props_name_at(call, 2), "props[2].name");
  check_text(exhook_call_props_value_at(call, 0), "props[0].value");
  check_text(exhook_call_props_value_at(call, 1), "props[1].value");
  check_text(exhook_call_props_value_at(call, 2), "props[2].value");
  check_count(exhook_call_user_props_count(call), 3, "user_props");
  check_text(exhook_call_user_props_name_at(call, 0), "user_props[0].name");
  check_text(exhook_call_user_props_name_at(call, 1), "user_props[1].name");
  check_text(exhook_call_user_props_name_at(call, 2), "user_props[2].name");
  check_text(exhook_call_user_props_value_at(call, 0), "user_props[0].value");
  check_text(exhook_call_user_props_value_at(call, 1), "user_props[1].value");
  check_text(exhook_call_user_props_value_at(call, 2), "user_props[2].value");
  check_text(exhook_call_message_node(call), "message.node");
  check_text(exhook_call_message_id(call), "message.id");
  check_u32(exhook_call_message_qos(call), "message.qos");
  check_text(exhook_call_message_from(call), "message.from");
  check_text(exhook_call_message_topic(call), "message.topic");
  check_bytes(exhook_call_message_payload(call), "message.payload");
  check_u64(exhook_call_message_timestamp(call), "message.timestamp");
  check_count(exhook_call_message_headers_count(call), 2, "message.headers");
  check_text(exhook_call_message_headers_name_at(call, 0), "message.headers[0].name");
  check_text(exhook_call_message_headers_name_at(call, 1), "message.headers[1].name");
  check_text(exhook_call_message_headers_value_at(call, 0), "message.headers[0].value");
  check_text(exhook_call_message_headers_value_at(call, 1), "message.headers[1].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[0].name")), "message.headers[0].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[1].name")), "message.headers[1].value");
}

static void every_field_of_message_publish_is_read(void) {
  sample_test(EXHOOK_HOOK_MESSAGE_PUBLISH, "message.publish", check_message_publish);
}

static void check_message_delivered(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_text(exhook_call_message_node(call), "message.node");
  check_text(exhook_call_message_id(call), "message.id");
  check_u32(exhook_call_message_qos(call), "message.qos");
  check_text(exhook_call_message_from(call), "message.from");
  check_text(exhook_call_message_topic(call), "message.topic");
  check_bytes(exhook_call_message_payload(call), "message.payload");
  check_u64(exhook_call_message_timestamp(call), "message.timestamp");
  check_count(exhook_call_message_headers_count(call), 2, "message.headers");
  check_text(exhook_call_message_headers_name_at(call, 0), "message.headers[0].name");
  check_text(exhook_call_message_headers_name_at(call, 1), "message.headers[1].name");
  check_text(exhook_call_message_headers_value_at(call, 0), "message.headers[0].value");
  check_text(exhook_call_message_headers_value_at(call, 1), "message.headers[1].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[0].name")), "message.headers[0].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[1].name")), "message.headers[1].value");
}

static void every_field_of_message_delivered_is_read(void) {
  sample_test(EXHOOK_HOOK_MESSAGE_DELIVERED, "message.delivered", check_message_delivered);
}

static void check_message_dropped(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_reason(call), "reason");
  check_text(exhook_call_message_node(call), "message.node");
  check_text(exhook_call_message_id(call), "message.id");
  check_u32(exhook_call_message_qos(call), "message.qos");
  check_text(exhook_call_message_from(call), "message.from");
  check_text(exhook_call_message_topic(call), "message.topic");
  check_bytes(exhook_call_message_payload(call), "message.payload");
  check_u64(exhook_call_message_timestamp(call), "message.timestamp");
  check_count(exhook_call_message_headers_count(call), 2, "message.headers");
  check_text(exhook_call_message_headers_name_at(call, 0), "message.headers[0].name");
  check_text(exhook_call_message_headers_name_at(call, 1), "message.headers[1].name");
  check_text(exhook_call_message_headers_value_at(call, 0), "message.headers[0].value");
  check_text(exhook_call_message_headers_value_at(call, 1), "message.headers[1].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[0].name")), "message.headers[0].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[1].name")), "message.headers[1].value");
}

static void every_field_of_message_dropped_is_read(void) {
  sample_test(EXHOOK_HOOK_MESSAGE_DROPPED, "message.dropped", check_message_dropped);
}

static void check_message_acked(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_text(exhook_call_message_node(call), "message.node");
  check_text(exhook_call_message_id(call), "message.id");
  check_u32(exhook_call_message_qos(call), "message.qos");
  check_text(exhook_call_message_from(call), "message.from");
  check_text(exhook_call_message_topic(call), "message.topic");
  check_bytes(exhook_call_message_payload(call), "message.payload");
  check_u64(exhook_call_message_timestamp(call), "message.timestamp");
  check_count(exhook_call_message_headers_count(call), 2, "message.headers");
  check_text(exhook_call_message_headers_name_at(call, 0), "message.headers[0].name");
  check_text(exhook_call_message_headers_name_at(call, 1), "message.headers[1].name");
  check_text(exhook_call_message_headers_value_at(call, 0), "message.headers[0].value");
  check_text(exhook_call_message_headers_value_at(call, 1), "message.headers[1].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[0].name")), "message.headers[0].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[1].name")), "message.headers[1].value");
}

static void every_field_of_message_acked_is_read(void) {
  sample_test(EXHOOK_HOOK_MESSAGE_ACKED, "message.acked", check_message_acked);
}

static void check_message_ingress(const exhook_call *call) {
  check_bool(exhook_call_has_meta(call), "meta");
  check_text(exhook_call_meta_node(call), "meta.node");
  check_text(exhook_call_meta_version(call), "meta.version");
  check_text(exhook_call_meta_sysdescr(call), "meta.sysdescr");
  check_text(exhook_call_meta_cluster_name(call), "meta.cluster_name");
  check_count(exhook_call_props_count(call), 3, "props");
  check_text(exhook_call_props_name_at(call, 0), "props[0].name");
  check_text(exhook_call_props_name_at(call, 1), "props[1].name");
  check_text(exhook_call_props_name_at(call, 2), "props[2].name");
  check_text(exhook_call_props_value_at(call, 0), "props[0].value");
  check_text(exhook_call_props_value_at(call, 1), "props[1].value");
  check_text(exhook_call_props_value_at(call, 2), "props[2].value");
  check_count(exhook_call_user_props_count(call), 3, "user_props");
  check_text(exhook_call_user_props_name_at(call, 0), "user_props[0].name");
  check_text(exhook_call_user_props_name_at(call, 1), "user_props[1].name");
  check_text(exhook_call_user_props_name_at(call, 2), "user_props[2].name");
  check_text(exhook_call_user_props_value_at(call, 0), "user_props[0].value");
  check_text(exhook_call_user_props_value_at(call, 1), "user_props[1].value");
  check_text(exhook_call_user_props_value_at(call, 2), "user_props[2].value");
  check_text(exhook_call_clientinfo_node(call), "clientinfo.node");
  check_text(exhook_call_clientinfo_clientid(call), "clientinfo.clientid");
  check_text(exhook_call_clientinfo_username(call), "clientinfo.username");
  check_text(exhook_call_clientinfo_password(call), "clientinfo.password");
  check_text(exhook_call_clientinfo_peerhost(call), "clientinfo.peerhost");
  check_u32(exhook_call_clientinfo_sockport(call), "clientinfo.sockport");
  check_text(exhook_call_clientinfo_protocol(call), "clientinfo.protocol");
  check_text(exhook_call_clientinfo_mountpoint(call), "clientinfo.mountpoint");
  check_bool(exhook_call_clientinfo_is_superuser(call), "clientinfo.is_superuser");
  check_bool(exhook_call_clientinfo_anonymous(call), "clientinfo.anonymous");
  check_text(exhook_call_clientinfo_cn(call), "clientinfo.cn");
  check_text(exhook_call_clientinfo_dn(call), "clientinfo.dn");
  check_u32(exhook_call_clientinfo_peerport(call), "clientinfo.peerport");
  check_text(exhook_call_message_node(call), "message.node");
  check_text(exhook_call_message_id(call), "message.id");
  check_u32(exhook_call_message_qos(call), "message.qos");
  check_text(exhook_call_message_from(call), "message.from");
  check_text(exhook_call_message_topic(call), "message.topic");
  check_bytes(exhook_call_message_payload(call), "message.payload");
  check_u64(exhook_call_message_timestamp(call), "message.timestamp");
  check_count(exhook_call_message_headers_count(call), 2, "message.headers");
  check_text(exhook_call_message_headers_name_at(call, 0), "message.headers[0].name");
  check_text(exhook_call_message_headers_name_at(call, 1), "message.headers[1].name");
  check_text(exhook_call_message_headers_value_at(call, 0), "message.headers[0].value");
  check_text(exhook_call_message_headers_value_at(call, 1), "message.headers[1].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[0].name")), "message.headers[0].value");
  check_text(exhook_call_message_headers_find(call, exhook_str_of("message.headers[1].name")), "message.headers[1].value");
}

static void every_field_of_message_ingress_is_read(void) {
  sample_test(EXHOOK_HOOK_MESSAGE_INGRESS, "message.ingress", check_message_ingress);
}

TEST_MAIN(TEST(every_field_of_provider_loaded_is_read),
          TEST(every_field_of_provider_unloaded_is_read),
          TEST(every_field_of_client_connect_is_read),
          TEST(every_field_of_client_connack_is_read),
          TEST(every_field_of_client_connected_is_read),
          TEST(every_field_of_client_disconnected_is_read),
          TEST(every_field_of_client_authenticate_is_read),
          TEST(every_field_of_client_authorize_is_read),
          TEST(every_field_of_client_subscribe_is_read),
          TEST(every_field_of_client_unsubscribe_is_read),
          TEST(every_field_of_session_created_is_read),
          TEST(every_field_of_session_subscribed_is_read),
          TEST(every_field_of_session_unsubscribed_is_read),
          TEST(every_field_of_session_resumed_is_read),
          TEST(every_field_of_session_discarded_is_read),
          TEST(every_field_of_session_takenover_is_read),
          TEST(every_field_of_session_terminated_is_read),
          TEST(every_field_of_message_publish_is_read),
          TEST(every_field_of_message_delivered_is_read),
          TEST(every_field_of_message_dropped_is_read),
          TEST(every_field_of_message_acked_is_read),
          TEST(every_field_of_message_ingress_is_read))
