// A program that uses the installed library: what its headers say is what the library says.

#include <exhook.hpp>
#include <iostream>
#include <string_view>

int main() {
  try {
    exhook::App app;
    app.on_client_authenticate([](const exhook::ClientAuthenticateRequest &) { return true; });
    app.start("127.0.0.1:0");
    std::cout << "serving on " << app.address() << "\n";
    app.stop();
  } catch (const exhook::Error &error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  if (exhook_abi_version() != EXHOOK_ABI_VERSION ||
      exhook_version() != std::string_view(EXHOOK_VERSION)) {
    std::cerr << "the header is of " << EXHOOK_VERSION << " (" << EXHOOK_ABI_VERSION
              << "), the library of " << exhook_version() << " (" << exhook_abi_version() << ")\n";
    return 1;
  }
  return 0;
}
