/// @file
/// exhook for C++17: callbacks for the exhook hooks of EMQX, without gRPC code.
///
/// Header only, over the C interface of `exhook.h`; link with `libexhook`.
///
/// @code
/// #include <exhook.hpp>
///
/// int main() {
///   exhook::App app;
///   app.on_client_authenticate([](const exhook::ClientAuthenticateRequest &request) {
///     return request.clientinfo().username() == "alice";
///   });
///   app.listen("127.0.0.1:9000");
/// }
/// @endcode
#ifndef EXHOOK_HPP
#define EXHOOK_HPP

#include "exhook/app.hpp"
#include "exhook/deferred.hpp"
#include "exhook/error.hpp"
#include "exhook/log.hpp"
#include "exhook/metrics.hpp"
#include "exhook/options.hpp"
#include "exhook/parts.hpp"
#include "exhook/property.hpp"
#include "exhook/replace.hpp"
#include "exhook/request.hpp"
#include "exhook/requests.hpp"
#include "exhook/verdict.hpp"

#endif
